import { Controller, Inject, Injectable, type Type } from '@nestjs/common';
import {
  ClientProxy,
  Ctx,
  EventPattern,
  MessagePattern,
  Payload,
  RedisContext,
  RpcException,
} from '@nestjs/microservices';
import { Observable, firstValueFrom, from, lastValueFrom, of, scan, take, toArray } from 'rxjs';
import { Recorder } from '../recorder.js';

/** The token of the client that the application was given. */
export const MATH_CLIENT = 'MATH_CLIENT';

/** What is told apart in tests that run beside each other: a word in front of each pattern. */
export type Prefix = string;

/** An application as it is written for `Transport.REDIS`: nothing in it knows of this library. */
export interface MathApp {
  readonly controllers: readonly Type[];
  readonly providers: readonly Type[];
  readonly caller: Type<MathCaller>;
  readonly seen: {
    readonly notifications: Recorder<string>;
    readonly metadata: Recorder<unknown>;
    readonly torndown: Recorder<string>;
  };
}

const add = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** What the tests ask of the application, whatever carries its messages. */
export interface MathCaller {
  readonly client: ClientProxy;
  sum(numbers: readonly number[]): Promise<number>;
  sumOfPromise(numbers: readonly number[]): Promise<number>;
  sumOfObservable(numbers: readonly number[]): Promise<number>;
  numbered(value: number): Promise<number>;
  stream(numbers: readonly number[]): Promise<number[]>;
  concurrent(rows: readonly (readonly number[])[]): Promise<number[]>;
  nothing(): Promise<unknown[]>;
  fail(message: string): Promise<unknown>;
  crash(): Promise<unknown>;
  broadcast(): Promise<number[]>;
  forever(count: number): Promise<number[]>;
  notify(text: string): Promise<void>;
}

function controllerOf(prefix: Prefix, seen: MathApp['seen']): Type {
  @Controller()
  class MathController {
    @MessagePattern({ cmd: 'sum', of: prefix })
    sum(@Payload() numbers: number[], @Ctx() context: RedisContext): number {
      seen.metadata.add(context.getMetadata());
      return add(numbers);
    }

    @MessagePattern(`${prefix}.async-sum`)
    async sumOfPromise(numbers: number[]): Promise<number> {
      return Promise.resolve(add(numbers));
    }

    @MessagePattern({ of: prefix, cmd: 'stream-sum', nested: { deep: 1 } })
    sumOfObservable(numbers: number[]): Observable<number> {
      return of(add(numbers));
    }

    @MessagePattern(Number.parseInt(prefix.slice(-8), 16))
    numbered(value: number): number {
      return value * 2;
    }

    @MessagePattern(`${prefix}.streaming`)
    stream(numbers: number[]): Observable<number> {
      return from(numbers);
    }

    @MessagePattern(`${prefix}.slow-sum`)
    async slowSum(numbers: number[]): Promise<number> {
      // Later requests are answered earlier.
      await new Promise((resolve) => setTimeout(resolve, 20 - (numbers[0] ?? 0)));
      return add(numbers);
    }

    @MessagePattern(`${prefix}.nothing`)
    nothing(): void {}

    @MessagePattern(`${prefix}.fail`)
    fail(message: string): never {
      throw new RpcException(message);
    }

    @MessagePattern(`${prefix}.crash`)
    crash(): never {
      throw new TypeError('not for callers');
    }

    @MessagePattern(`${prefix}.broadcast`)
    broadcast(): Observable<number> {
      return new Observable((observer) => observer.next(1));
    }

    @MessagePattern(`${prefix}.forever`)
    forever(): Observable<number> {
      return new Observable((observer) => {
        let value = 0;
        const timer = setInterval(() => observer.next((value += 1)), 5);
        return () => {
          clearInterval(timer);
          seen.torndown.add('forever');
        };
      });
    }

    @EventPattern(`${prefix}.notification`)
    onNotification(@Payload() text: unknown): void {
      seen.notifications.add(`first ${String(text)}`);
    }

    @EventPattern(`${prefix}.notification`)
    onNotificationToo(@Payload() text: unknown): void {
      seen.notifications.add(`second ${String(text)}`);
    }
  }
  return MathController;
}

function callerOf(prefix: Prefix): Type<MathCaller> {
  @Injectable()
  class Caller implements MathCaller {
    constructor(@Inject(MATH_CLIENT) readonly client: ClientProxy) {}

    sum = (numbers: readonly number[]) => firstValueFrom(this.client.send<number>({ of: prefix, cmd: 'sum' }, numbers));
    sumOfPromise = (numbers: readonly number[]) =>
      firstValueFrom(this.client.send<number>(`${prefix}.async-sum`, numbers));
    sumOfObservable = (numbers: readonly number[]) =>
      lastValueFrom(this.client.send<number>({ cmd: 'stream-sum', nested: { deep: 1 }, of: prefix }, numbers));
    numbered = (value: number) =>
      firstValueFrom(this.client.send<number>(Number.parseInt(prefix.slice(-8), 16), value));
    stream = (numbers: readonly number[]) =>
      lastValueFrom(this.client.send<number>(`${prefix}.streaming`, numbers).pipe(toArray()));
    concurrent = (rows: readonly (readonly number[])[]) =>
      Promise.all(rows.map((row) => firstValueFrom(this.client.send<number>(`${prefix}.slow-sum`, row))));
    nothing = () => lastValueFrom(this.client.send<unknown>(`${prefix}.nothing`, {}).pipe(toArray()));
    fail = (message: string) => lastValueFrom(this.client.send(`${prefix}.fail`, message));
    crash = () => lastValueFrom(this.client.send(`${prefix}.crash`, {}));
    broadcast = () =>
      lastValueFrom(
        this.client.send<number>(`${prefix}.broadcast`, {}).pipe(
          scan((a, b) => a + b),
          take(2),
          toArray(),
        ),
      );
    forever = (count: number) =>
      lastValueFrom(this.client.send<number>(`${prefix}.forever`, {}).pipe(take(count), toArray()));
    notify = (text: string) =>
      lastValueFrom(this.client.emit<void>(`${prefix}.notification`, text), { defaultValue: undefined });
  }
  return Caller;
}

/** The application's classes. */
export function mathApp(prefix: Prefix): MathApp {
  const seen = {
    notifications: new Recorder<string>(),
    metadata: new Recorder<unknown>(),
    torndown: new Recorder<string>(),
  };
  const caller = callerOf(prefix);
  return { controllers: [controllerOf(prefix, seen)], providers: [caller], caller, seen };
}
