import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import {
  NoConsumerError,
  RedisFlowContext,
  RedisFlowRecordBuilder,
  RequestCancelledError,
  RequestTimeoutError,
} from 'nestjs-redis-flow';
import { NEVER, Observable, firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { holdUpUntilAnswered } from '../../support/held-up.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';
import { type Over, clientOf, serve } from '../../support/requests/serve.js';

const OVER: Over[] = ['channel', 'stream'];

/** What the handlers of a hanging service tell. */
function hangingService(pattern: string) {
  const started = new Recorder<unknown>();
  const aborted = new Recorder<unknown>();
  const torndown = new Recorder<string>();

  @Controller()
  class Hanging {
    @MessagePattern(`${pattern}.promise`)
    async promise(@Payload() data: unknown, @Ctx() { signal }: RedisFlowContext): Promise<void> {
      started.add(data);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      aborted.add(signal.reason);
    }

    @MessagePattern(`${pattern}.observable`)
    observable(data: unknown): Observable<number> {
      started.add(data);
      return new Observable((observer) => {
        observer.next(1);
        return () => torndown.add('observable');
      });
    }

    @MessagePattern(`${pattern}.never`)
    never(data: unknown): Observable<never> {
      started.add(data);
      return NEVER;
    }
  }
  return { controller: Hanging, started, aborted, torndown };
}

describe.each(OVER)('a request over a %s', (patterns) => {
  it('fails at once where nobody serves its pattern', async () => {
    const client = clientOf({ patterns });
    const pattern = unique('nobody');
    const failure = lastValueFrom(client.send(pattern, {}));
    await expect(failure).rejects.toThrow(NoConsumerError);
    await expect(failure).rejects.toThrow(`Nobody serves requests of "${pattern}" over a ${patterns}.`);
  });

  it('fails at once where its service has been closed, and is answered when it is back', async () => {
    const pattern = unique('closed');
    const client = clientOf({ patterns });
    const { controller } = hangingService(pattern);
    const service = await serve(controller, { patterns });
    await service.close();
    await expect(lastValueFrom(client.send(`${pattern}.never`, {}))).rejects.toThrow(NoConsumerError);
    await serve(controller, { patterns });
    expect(await firstValueFrom(client.send(`${pattern}.observable`, {}))).toBe(1);
  });

  it('fails after the time that its record says, and its handler is told', async () => {
    const pattern = unique('slow');
    const { controller, aborted } = hangingService(pattern);
    await serve(controller, { patterns });
    // Long enough for its handler to be started before.
    const record = new RedisFlowRecordBuilder({}).setTimeout(5_000).build();
    const failure = lastValueFrom(clientOf({ patterns }).send(`${pattern}.promise`, record));
    await expect(failure).rejects.toThrow(RequestTimeoutError);
    await expect(failure).rejects.toMatchObject({ pattern: `${pattern}.promise`, timeout: 5_000 });
    const [reason] = await aborted.count(1);
    expect(reason).toBeInstanceOf(RequestCancelledError);
  });

  it('fails after the time that a header says', async () => {
    const pattern = unique('slow');
    const { controller } = hangingService(pattern);
    await serve(controller, { patterns });
    const client = clientOf({ patterns });
    client.setOnDispatchHook((packet) => {
      packet.metadata = { 'reply-within': '150' };
    });
    await expect(lastValueFrom(client.send(`${pattern}.never`, {}))).rejects.toMatchObject({ timeout: 150 });
  });

  it('waits anew after each reply', async () => {
    const pattern = unique('ticks');
    @Controller()
    class Ticks {
      @MessagePattern(pattern)
      ticks(): Observable<number> {
        return new Observable((observer) => {
          let count = 0;
          const timer = setInterval(() => {
            observer.next((count += 1));
            if (count === 6) observer.complete();
          }, 1_000);
          return () => clearInterval(timer);
        });
      }
    }
    await serve(Ticks, { patterns });
    const record = new RedisFlowRecordBuilder({}).setTimeout(5_000).build();
    const ticks = lastValueFrom(clientOf({ patterns }).send<number>(pattern, record).pipe(toArray()));
    expect(await ticks).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('is cancelled when its caller unsubscribes', async () => {
    const pattern = unique('unsubscribed');
    const { controller, started, torndown, aborted } = hangingService(pattern);
    await serve(controller, { patterns });
    const client = clientOf({ patterns });
    expect(await firstValueFrom(client.send(`${pattern}.observable`, 'a'))).toBe(1);
    expect(await torndown.count(1)).toEqual(['observable']);
    const subscription = client.send(`${pattern}.promise`, 'b').subscribe();
    await started.count(2);
    subscription.unsubscribe();
    const [reason] = await aborted.count(1);
    expect(reason).toBeInstanceOf(RequestCancelledError);
  });

  it('is cancelled when its client is closed', async () => {
    const pattern = unique('closing');
    const { controller, started, aborted } = hangingService(pattern);
    await serve(controller, { patterns });
    const client = clientOf({ patterns });
    const asked = Promise.allSettled([lastValueFrom(client.send(`${pattern}.promise`, {}))]);
    await started.count(1);
    await client.close();
    expect(await asked).toMatchObject([{ reason: { code: 'CLIENT_CLOSED' } }]);
    expect(await aborted.count(1)).toHaveLength(1);
  });

  it('is cancelled when a reply reaches nobody, as its caller is gone', async () => {
    const pattern = unique('gone');
    const torndown = new Recorder<string>();
    @Controller()
    class Ticks {
      @MessagePattern(pattern)
      ticks(): Observable<number> {
        return new Observable((observer) => {
          const timer = setInterval(() => observer.next(1), 5);
          return () => {
            clearInterval(timer);
            torndown.add('ticks');
          };
        });
      }
    }
    await serve(Ticks, { patterns });
    // As another program would, which ends right after it.
    const redis = plainRedis();
    const headers = JSON.stringify({ 'reply-to': unique('nobody-listens'), 'reply-id': 'r1' });
    if (patterns === 'stream') await redis.xadd(pattern, '*', '$data', '{}', '$headers', headers);
    else await redis.publish(pattern, `{"$data":{},"$headers":${headers}}`);
    expect(await torndown.count(1)).toEqual(['ticks']);
  });
});

describe('a request over a channel', () => {
  it('has an answer that came in time, where the process was held up and could not look', async () => {
    const pattern = unique('held-up');
    const [service, redis] = [plainRedis(), plainRedis()];
    await redis.ping();
    service.on('message', (_, text: string) => {
      const { $headers: facts } = JSON.parse(text) as { $headers: Record<string, string> };
      const headers = { 'reply-id': facts['reply-id'], reply: 'last' };
      void redis.publish(String(facts['reply-to']), JSON.stringify({ $data: 'in time', $headers: headers }));
      holdUpUntilAnswered(5_200);
    });
    await service.subscribe(pattern);
    const record = new RedisFlowRecordBuilder({}).setTimeout(5_000).build();
    expect(await lastValueFrom(clientOf({ patterns: 'channel' }).send(pattern, record))).toBe('in time');
  });
});

describe('a request over a stream', () => {
  it('is not started when its time is over, by the clock of Redis', async () => {
    const pattern = unique('overdue');
    const { controller, started } = hangingService(pattern);
    const redis = plainRedis();
    const stream = `${pattern}.never`;
    const [seconds] = await redis.time();
    const facts = (id: string) => JSON.stringify({ 'reply-to': 'x', 'reply-id': id, 'reply-within': '30000' });
    await redis.xadd(stream, `${Number(seconds) * 1_000 - 60_000}-0`, '$data', '"late"', '$headers', facts('1'));
    await redis.xadd(stream, '*', '$data', '"in time"', '$headers', facts('2'));
    await serve(controller, { patterns: 'stream', shutdown: { timeout: 100 } });
    expect(await started.count(1)).toEqual(['in time']);
    await eventually(async () => {
      const pending = (await redis.xpending(stream, 'requests')) as [number];
      expect(pending[0]).toBe(1);
    });
    expect(started.items).toEqual(['in time']);
  });

  it('that was cancelled before it was read is not started', async () => {
    const pattern = unique('cancelled');
    const { controller, started, torndown } = hangingService(pattern);
    await serve(controller, { patterns: 'stream', defaults: { stream: { concurrency: 1 } } });
    const client = clientOf({ patterns: 'stream' });
    const route = `${pattern}.observable`;
    const running = client.send(route, 'first').subscribe();
    await started.count(1);
    const redis = plainRedis();
    const waiting = client.send(route, 'second').subscribe();
    await eventually(async () => expect(await redis.xlen(route)).toBe(2));
    waiting.unsubscribe();
    const last = client.send(route, 'third').subscribe();
    await eventually(async () => expect(await redis.xlen(route)).toBe(3));
    running.unsubscribe();
    expect(await started.count(2)).toEqual(['first', 'third']);
    last.unsubscribe();
    await torndown.count(2);
  });
});
