import {
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Scope,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { RedisFlowContext, RedisFlowRecordBuilder, jsonCodec } from 'nestjs-redis-flow';
import { Observable, concat, firstValueFrom, lastValueFrom, of, throwError, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { LogSink } from '../../support/log-sink.js';
import { Recorder } from '../../support/recorder.js';
import { unique } from '../../support/redis.js';
import { type Over, clientOf, serve } from '../../support/requests/serve.js';

const OVER: Over[] = ['channel', 'stream'];
const INTERNAL = { status: 'error', message: 'Internal server error' };

describe.each(OVER)('the answer to a request over a %s', (patterns) => {
  const ask = (pattern: string, data: unknown = {}) =>
    lastValueFrom(clientOf({ patterns }).send<unknown>(pattern, data).pipe(toArray()));

  it('is an error where it has no JSON form, and the log says so', async () => {
    const pattern = unique('bigint');
    @Controller()
    class BigInts {
      @MessagePattern(`${pattern}.one`)
      one(): bigint {
        return 1n;
      }

      @MessagePattern(`${pattern}.many`)
      many(): Observable<unknown> {
        return concat(of('first'), timer(1), of(1n), timer(60_000));
      }
    }
    const logger = new LogSink();
    await serve(BigInts, { patterns }, logger);
    await expect(ask(`${pattern}.one`)).rejects.toEqual(INTERNAL);
    await expect(ask(`${pattern}.many`)).rejects.toEqual(INTERNAL);
    expect(logger.of('RedisFlowDelivery', 'error')).toEqual([
      expect.stringContaining(`${pattern}.one" cannot be sent`),
      expect.stringContaining(`${pattern}.many" cannot be sent`),
    ]);
  });

  it("is what the user's own filter makes of an error, also where that is an Error", async () => {
    const pattern = unique('filtered');
    @Catch()
    class AsItIs implements ExceptionFilter {
      catch(error: unknown): Observable<never> {
        return throwError(() => error);
      }
    }
    @Controller()
    class Failing {
      @MessagePattern(`${pattern}.error`)
      @UseFilters(new AsItIs())
      error(): never {
        throw new RangeError('too much');
      }

      @MessagePattern(`${pattern}.object`)
      @UseFilters(new AsItIs())
      object(): Observable<number> {
        return concat(
          of(1),
          throwError(() => ({ code: 42 })),
        );
      }
    }
    await serve(Failing, { patterns });
    await expect(ask(`${pattern}.error`)).rejects.toEqual({ status: 'error', message: 'too much' });
    await expect(ask(`${pattern}.object`)).rejects.toEqual({ code: 42 });
  });

  it('comes through guards and request-scoped controllers', async () => {
    const pattern = unique('guarded');
    class Refuse implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        return context.switchToRpc().getData<{ isWelcome: boolean }>().isWelcome;
      }
    }
    @Controller({ path: pattern, scope: Scope.REQUEST })
    class Scoped {
      private count = 0;

      @MessagePattern(pattern)
      @UseGuards(Refuse)
      next(): number {
        return (this.count += 1);
      }
    }
    await serve(Scoped, { patterns });
    expect(await ask(pattern, { isWelcome: true })).toEqual([1]);
    expect(await ask(pattern, { isWelcome: true })).toEqual([1]);
    await expect(ask(pattern, { isWelcome: false })).rejects.toEqual({
      status: 'error',
      message: 'Forbidden resource',
    });
  });

  it('is an error where the time of its handler is over', async () => {
    const pattern = unique('late');
    @Controller()
    class Late {
      @MessagePattern(pattern)
      late(): Promise<never> {
        return new Promise(() => undefined);
      }
    }
    const defaults = { [patterns]: { timeout: 50 } };
    const service = await serve(Late, { patterns, defaults, shutdown: { timeout: 100 } });
    await expect(ask(pattern)).rejects.toMatchObject({
      message: expect.stringContaining('within its timeout of 50 ms'),
    });
    await service.close();
  });

  it('has nothing of its own headers in the context, and all of the caller', async () => {
    const pattern = unique('context');
    const seen = new Recorder<unknown>();
    @Controller()
    class Looking {
      @MessagePattern({ look: pattern })
      look(@Payload() data: unknown, @Ctx() context: RedisFlowContext & { getChannel(): string }): void {
        const { source, headers, attempt } = { ...context.message, attempt: context.attempt };
        seen.add({ data, key: source.key, mechanism: source.mechanism, headers, attempt });
        seen.add([context.getPattern(), context.getChannel(), context.getMetadata()]);
      }
    }
    await serve(Looking, { patterns });
    const client = clientOf({ patterns });
    client.setOnDispatchHook((packet) => {
      packet.metadata = { 'x-request-id': 'trace', tenant: 'from the hook' };
    });
    const record = new RedisFlowRecordBuilder('data').setHeaders({ tenant: 'acme' }).build();
    await lastValueFrom(client.send({ look: pattern }, record), { defaultValue: undefined });
    const route = `{"look":"${pattern}"}`;
    const headers = { tenant: 'acme', 'x-request-id': 'trace' };
    expect(seen.items).toEqual([
      { data: 'data', key: route, mechanism: patterns, headers, attempt: 1 },
      [route, route, headers],
    ]);
  });

  it('comes where both sides have the same key prefix and codec', async () => {
    const pattern = unique('prefixed');
    const codec = {
      encode: (data: unknown) => Buffer.from(Buffer.from(String(jsonCodec.encode(data))).map((byte) => byte ^ 0x55)),
      decode: (bytes: Buffer) => jsonCodec.decode(Buffer.from(bytes.map((byte) => byte ^ 0x55))),
    };
    @Controller()
    class Doubling {
      @MessagePattern(pattern)
      double(value: number): number {
        return value * 2;
      }
    }
    const options = { patterns, codec, keyPrefix: `${unique('prefix')}:` };
    await serve(Doubling, options);
    expect(await lastValueFrom(clientOf(options).send(pattern, 4))).toBe(8);
    await expect(lastValueFrom(clientOf({ patterns, codec }).send(pattern, 4))).rejects.toMatchObject({
      code: 'NO_CONSUMER',
    });
  });

  it('is given while the service shuts down', async () => {
    const pattern = unique('draining');
    const started = new Recorder<unknown>();
    const finish = new Recorder<unknown>();
    @Controller()
    class Slow {
      @MessagePattern(pattern)
      async slow(): Promise<string> {
        started.add(1);
        await finish.count(1);
        return 'done';
      }
    }
    const service = await serve(Slow, { patterns });
    const answer = firstValueFrom(clientOf({ patterns }).send(pattern, {}));
    await started.count(1);
    const closed = service.close();
    finish.add(1);
    expect(await answer).toBe('done');
    await closed;
  });
});

describe('a handler of the other kind', () => {
  it.each(OVER)('of requests handles an event over a %s, as Nest has it', async (patterns) => {
    const pattern = unique('emitted');
    const handled = new Recorder<unknown>();
    @Controller()
    class Requests {
      @MessagePattern(pattern)
      handle(data: unknown): string {
        handled.add(data);
        return 'nobody waits for it';
      }
    }
    await serve(Requests, { patterns });
    await lastValueFrom(clientOf({ patterns }).emit(pattern, 'event'), { defaultValue: undefined });
    expect(await handled.count(1)).toEqual(['event']);
  });

  it('of events completes a request over a channel, as Nest has it', async () => {
    const pattern = unique('asked');
    const handled = new Recorder<unknown>();
    @Controller()
    class Events {
      @EventPattern(pattern)
      handle(data: unknown): void {
        handled.add(data);
      }
    }
    await serve(Events, { patterns: 'channel' });
    const answer = clientOf({ patterns: 'channel' }).send(pattern, 'request').pipe(toArray());
    expect(await lastValueFrom(answer)).toEqual([]);
    expect(handled.items).toEqual(['request']);
  });

  it('of both kinds gets what is for it over a stream', async () => {
    const pattern = unique('both');
    const handled = new Recorder<string>();
    @Controller()
    class Both {
      @EventPattern(pattern)
      onEvent(data: unknown): void {
        handled.add(`event ${String(data)}`);
      }

      @MessagePattern(pattern)
      onRequest(data: string): string {
        handled.add(`request ${data}`);
        return data;
      }
    }
    await serve(Both, { patterns: 'stream' });
    const client = clientOf({ patterns: 'stream' });
    await lastValueFrom(client.emit(pattern, 1), { defaultValue: undefined });
    expect(await lastValueFrom(client.send(pattern, 2))).toBe(2);
    await lastValueFrom(client.emit(pattern, 3), { defaultValue: undefined });
    await handled.count(3);
    expect(await lastValueFrom(client.send(pattern, 4))).toBe(4);
    expect([...handled.items].toSorted()).toEqual(['event 1', 'event 3', 'request 2', 'request 4']);
  });
});
