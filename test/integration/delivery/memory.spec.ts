import { Controller } from '@nestjs/common';
import { OnQueue, OnStream } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../../support/app.js';
import { usedMegabytes } from '../../support/heap.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';

const AT_ONCE = 100;
const PAYLOAD = JSON.stringify('x'.repeat(20_000));

const OPTIONS = { concurrency: 10 };
const CASES = [
  { what: 'a stream', kind: 'stream', decorate: (target: string) => OnStream(target, OPTIONS), messages: 2_000 },
  { what: 'a queue', kind: 'queue', decorate: (target: string) => OnQueue(target, OPTIONS), messages: 2_000 },
  {
    what: "a queue with ack 'once'",
    kind: 'queue',
    decorate: (target: string) => OnQueue(target, { ...OPTIONS, ack: 'once' }),
    messages: 1_000,
  },
] as const;

describe.each(CASES)('a consumer of $what', ({ kind, decorate, messages }) => {
  it('keeps nothing of the messages that it has handled', async () => {
    const target = unique('memory');
    const handled = new Recorder<number>();
    @Controller()
    class Reader {
      @decorate(target)
      handle() {
        handled.add(1);
      }
    }
    await hybridApp({ controllers: [Reader] });
    const redis = plainRedis();
    const publish = () =>
      kind === 'stream' ? redis.xadd(target, '*', '$data', PAYLOAD) : redis.lpush(target, PAYLOAD);
    const publishAtOnce = () => Promise.all(Array.from({ length: AT_ONCE }, publish));

    await publishAtOnce();
    await handled.count(AT_ONCE);
    const before = usedMegabytes();
    for (let sent = 0; sent < messages; sent += AT_ONCE) await publishAtOnce();
    await handled.count(AT_ONCE + messages);

    // All of it would be 20 kB for each at least, and twice that with 'once'.
    expect(usedMegabytes() - before).toBeLessThan(15);
  });
});
