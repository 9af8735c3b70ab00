import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { usedMegabytes } from '../../support/heap.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';
import { type ListeningApp, listen, listenerOf } from './listeners.js';

const BUFFER = 100;
const MESSAGES = 100_000;
/** 50 MB in all. */
const PADDING = 'x'.repeat(500);

const PUBLISH = `
for number = ARGV[3], ARGV[4] do
  redis.call('PUBLISH', ARGV[1], '{"number":' .. string.format('%d', number) .. ',"padding":"' .. ARGV[5] .. '"}')
end
redis.call('PUBLISH', ARGV[2], ARGV[4])
`;

/** Publishes numbers up to `last` in portions. The next waits until one has come, or Redis gives the subscriber up. */
class Publisher {
  readonly channel = unique('slow');
  readonly ends = unique('ends');
  readonly arrived = new Recorder<unknown>();
  private next = 0;

  constructor(private readonly redis: Redis) {}

  async upTo(last: number): Promise<void> {
    while (this.next <= last) {
      const end = Math.min(this.next + 9_999, last);
      await this.redis.eval(PUBLISH, 0, this.channel, this.ends, this.next, end, PADDING);
      await this.arrived.until((all) => all.at(-1) === end);
      this.next = end + 1;
    }
  }
}

/** A handler that is busy with its first message until it is let go. */
function busyHandler() {
  const handled = new Recorder<number>();
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const handle = async (data: unknown): Promise<void> => {
    handled.add((data as { number: number }).number);
    if (handled.items.length === 1) await gate;
  };
  return { handled, handle, letGo };
}

const dropped = ({ overflows }: ListeningApp): number => overflows.items.reduce((sum, event) => sum + event.dropped, 0);

describe('a handler that is slower than its channel', () => {
  it('holds no more than its buffer of 100 000 messages, and says how many it dropped', async () => {
    const publisher = new Publisher(plainRedis());
    const { channel, ends, arrived } = publisher;
    const { handled, handle, letGo } = busyHandler();
    const slow = listenerOf(channel, { buffer: BUFFER }, handle);
    const listening = await listen([slow, listenerOf(ends, {}, arrived.add)]);
    await publisher.upTo(0);
    await handled.count(1);
    const before = usedMegabytes();
    await publisher.upTo(MESSAGES - 1);
    await listening.overflows.until(() => dropped(listening) === MESSAGES - 1 - BUFFER);
    expect(usedMegabytes() - before).toBeLessThan(15);

    letGo();
    await handled.count(1 + BUFFER);
    // The oldest were dropped: the newest are handled, in order.
    expect(handled.items.slice(1)).toEqual(Array.from({ length: BUFFER }, (_, index) => MESSAGES - BUFFER + index));
    expect(listening.overflows.items[0]).toMatchObject({
      type: 'overflow',
      connection: 'default',
      handler: 'Listener.handle',
      channel,
    });
    // Not one for each message.
    expect(listening.overflows.items.length).toBeLessThan(100);
  });

  it('keeps the oldest with "drop-newest", and tells the rest of the count when it is closed', async () => {
    const publisher = new Publisher(plainRedis());
    const { channel, ends, arrived } = publisher;
    const { handled, handle, letGo } = busyHandler();
    const slow = listenerOf(channel, { buffer: 3, overflow: 'drop-newest' }, handle);
    const listening = await listen([slow, listenerOf(ends, {}, arrived.add)]);
    await publisher.upTo(9);
    letGo();
    await handled.count(4);
    expect(handled.items).toEqual([0, 1, 2, 3]);
    await listening.app.close();
    expect(dropped(listening)).toBe(6);
  });
});
