import { describe, expect, it } from 'vitest';
import { Slots } from '../../../lib/mechanisms/slots.js';

/** A task that ends when it is told to. */
function task() {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (end = resolve));
  return { run: () => done, end };
}

describe('slots', () => {
  it('count what runs and what is free', async () => {
    const slots = new Slots(2);
    const [first, second] = [task(), task()];
    slots.run(first.run);
    expect([slots.running, slots.free]).toEqual([1, 1]);
    slots.run(second.run);
    expect([slots.running, slots.free]).toEqual([2, 0]);
    first.end();
    await slots.whenFree();
    expect([slots.running, slots.free]).toEqual([1, 1]);
    second.end();
    expect(await slots.whenIdle(1_000)).toBe(true);
  });

  it('are never less than none where more runs than there is room for', () => {
    const slots = new Slots(1);
    slots.run(task().run);
    slots.run(task().run);
    expect([slots.running, slots.free]).toEqual([2, 0]);
  });

  it('call back when a place was freed, before anyone else is woken', async () => {
    const slots = new Slots(1);
    const only = task();
    const seen: string[] = [];
    slots.run(only.run, () => seen.push(`freed with ${slots.free} free`));
    const waiting = slots.whenFree().then(() => seen.push('woken'));
    only.end();
    await waiting;
    expect(seen).toEqual(['freed with 1 free', 'woken']);
  });

  it('let waiters go when they are all woken, free or not', async () => {
    const slots = new Slots(1);
    slots.run(task().run);
    const waiting = slots.whenFree();
    slots.wakeAll();
    await waiting;
    expect(slots.free).toBe(0);
  });

  it('are idle at once when nothing runs, and not within the time when something goes on', async () => {
    const slots = new Slots(1);
    expect(await slots.whenIdle(0)).toBe(true);
    slots.run(task().run);
    expect(await slots.whenIdle(10)).toBe(false);
    expect(await slots.whenIdle(0)).toBe(false);
  });
});
