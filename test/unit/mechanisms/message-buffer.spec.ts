import { describe, expect, it } from 'vitest';
import { MessageBuffer } from '../../../lib/mechanisms/channel/message-buffer.js';
import { seeded } from '../seeded.js';

function drain<T>(buffer: MessageBuffer<T>): T[] {
  const items: T[] = [];
  while (buffer.length > 0) items.push(buffer.shift() as T);
  return items;
}

describe('a message buffer', () => {
  it('gives back what it got, in order', () => {
    const buffer = new MessageBuffer<number>(3, 'drop-oldest');
    expect([1, 2, 3].map((item) => buffer.push(item))).toEqual([false, false, false]);
    expect(drain(buffer)).toEqual([1, 2, 3]);
    expect(buffer.shift()).toBeUndefined();
    expect(buffer.length).toBe(0);
  });

  it("drops the oldest with 'drop-oldest' and says so", () => {
    const buffer = new MessageBuffer<number>(2, 'drop-oldest');
    expect([1, 2, 3, 4].map((item) => buffer.push(item))).toEqual([false, false, true, true]);
    expect(drain(buffer)).toEqual([3, 4]);
  });

  it("drops the newest with 'drop-newest' and says so", () => {
    const buffer = new MessageBuffer<number>(2, 'drop-newest');
    expect([1, 2, 3, 4].map((item) => buffer.push(item))).toEqual([false, false, true, true]);
    expect(drain(buffer)).toEqual([1, 2]);
  });

  it.each(['drop-oldest', 'drop-newest'] as const)('behaves as a list does over many random steps: %s', (overflow) => {
    const random = seeded(11);
    const size = 700;
    const buffer = new MessageBuffer<number>(size, overflow);
    let model: number[] = [];
    for (let step = 0; step < 20_000; step += 1) {
      const isFull = model.length === size;
      const isPush = random() < 0.55;
      const expected = isPush ? isFull : model[0];
      if (!isPush) model.shift();
      else if (!isFull) model.push(step);
      else if (overflow === 'drop-oldest') model = [...model.slice(1), step];
      expect(isPush ? buffer.push(step) : buffer.shift()).toBe(expected);
      expect(buffer.length).toBe(model.length);
    }
    expect(drain(buffer)).toEqual(model);
  });
});
