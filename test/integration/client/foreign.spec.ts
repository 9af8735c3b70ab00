import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { type Observable, concat, of, timer } from 'rxjs';
import { ignoreElements } from 'rxjs/operators';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';
import { type Over, clientOf, serve } from '../../support/requests/serve.js';

const OVER: Over[] = ['channel', 'stream'];

describe.each(OVER)('a program without this library over a %s', (patterns) => {
  it('asks with two headers, and gets replies that carry them', async () => {
    const pattern = unique('foreign');
    @Controller()
    class Counting {
      @MessagePattern(pattern)
      count(_data: unknown): Observable<number> {
        return concat(of(1), timer(1).pipe(ignoreElements()), of(2));
      }
    }
    await serve(Counting, { patterns });
    const redis = plainRedis();
    const replyTo = unique('my-replies');
    const subscriber = plainRedis();
    const replies = new Recorder<unknown>();
    subscriber.on('message', (_channel, message: string) => replies.add(JSON.parse(message)));
    await subscriber.subscribe(replyTo);
    const headers = JSON.stringify({ 'reply-to': replyTo, 'reply-id': '7', 'reply-within': '5000' });
    if (patterns === 'stream') await redis.xadd(pattern, '*', '$data', '{}', '$headers', headers);
    else await redis.publish(pattern, `{"$data":{},"$headers":${headers}}`);
    expect(await replies.count(2)).toEqual([
      { $data: 1, $headers: { 'reply-id': '7', reply: 'value' } },
      { $data: 2, $headers: { 'reply-id': '7', reply: 'last' } },
    ]);
  });

  it('hears on the cancel channel that nobody waits any more', async () => {
    const pattern = unique('foreign');
    @Controller()
    class Silent {
      @MessagePattern(pattern)
      wait(_data: unknown): Promise<never> {
        return new Promise(() => undefined);
      }
    }
    await serve(Silent, { patterns, shutdown: { timeout: 100 } });
    const subscriber = plainRedis();
    const heard = new Recorder<string>();
    subscriber.on('message', (_channel, message: string) => heard.add(message));
    await subscriber.subscribe(`${pattern}:cancel`, ...(patterns === 'channel' ? [pattern] : []));
    const subscription = clientOf({ patterns }).send(pattern, {}).subscribe();
    const redis = plainRedis();
    let id: string | undefined;
    if (patterns === 'channel') {
      const [request = ''] = await heard.count(1);
      id = (JSON.parse(request) as { $headers: Record<string, string> }).$headers['reply-id'];
    } else {
      const [[, entries] = ['', []]] = (await redis.xread('BLOCK', 5_000, 'STREAMS', pattern, '0')) ?? [];
      const [, fields = []] = entries[0] ?? [];
      id = (JSON.parse(fields[3] ?? '') as Record<string, string>)['reply-id'];
    }
    subscription.unsubscribe();
    expect((await heard.until((items) => items.includes(String(id)))).at(-1)).toBe(id);
  });
});
