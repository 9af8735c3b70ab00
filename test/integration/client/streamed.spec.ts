import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { RedisFlowRecordBuilder } from 'nestjs-redis-flow';
import { Observable, concat, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OwnServer } from '../../support/own-server.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';
import { type Over, clientOf, serve } from '../../support/requests/serve.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const OVER: Over[] = ['channel', 'stream'];

/** What a caller hears, in order. */
function hear(answers: Observable<unknown>): Recorder<unknown> {
  const heard = new Recorder<unknown>();
  answers.subscribe({
    next: heard.add,
    error: (error: unknown) => heard.add({ error }),
    complete: () => heard.add('complete'),
  });
  return heard;
}

describe.each(OVER)('the values of an observable that answers a request over a %s', (patterns) => {
  it.each(['now', 'later'])('all come before the error that follows them in the same turn: %s', async (when) => {
    const pattern = unique('failing');
    @Controller()
    class Failing {
      @MessagePattern(pattern)
      fail(): Observable<number> | Promise<Observable<number>> {
        const values = concat(
          of(1, 2),
          throwError(() => new Error('too much')),
        );
        return when === 'now' ? values : Promise.resolve(values);
      }
    }
    await serve(Failing, { patterns });
    const heard = hear(clientOf({ patterns }).send(pattern, {}));
    expect(await heard.count(3)).toEqual([1, 2, { error: { status: 'error', message: 'Internal server error' } }]);
  });

  it('are not followed by an end as if nothing was missing, where one of them was lost', async () => {
    const server = await OwnServer.start(['--appendonly', 'no']);
    const proxy = await TcpProxy.open(server.url);
    const pattern = unique('hole');
    @Controller()
    class Counting {
      @MessagePattern(pattern)
      count(): Observable<string> {
        return of('first', 'lost', 'last');
      }
    }
    await serve(Counting, { patterns, connection: proxy.url });
    const client = clientOf({ patterns, connection: server.url });
    const lost = proxy.resetBefore(/publish\r\n[^]*"lost"/i);
    const record = new RedisFlowRecordBuilder({}).setTimeout(20_000).build();
    const heard = hear(client.send(pattern, record));
    await lost;
    const isOver = (items: readonly unknown[]) => items.some((item) => typeof item === 'object' || item === 'complete');
    const items = await heard.until(isOver);
    expect(items).not.toContain('complete');
    expect(items.at(-1)).toEqual({ error: { status: 'error', message: 'Internal server error' } });
  });
});

describe('a message on the channel for answers that nobody can read', () => {
  it('ends neither the program nor the answers', async () => {
    const pattern = unique('broken');
    const redis = plainRedis();
    @Controller()
    class Echo {
      @MessagePattern(pattern)
      async echo(data: unknown): Promise<unknown> {
        await redis.publish(`${pattern}.reply`, '{"$base64":"eA==","$headers":{}}');
        return data;
      }
    }
    const options = { patterns: { over: 'channel', wire: 'nest' } } as const;
    await serve(Echo, options);
    const heard = hear(clientOf(options).send(pattern, 1));
    expect(await heard.count(2)).toEqual([1, 'complete']);
  });
});
