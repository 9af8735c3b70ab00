import { describe, expect, it } from 'vitest';
import { Slots } from '../../../lib/mechanisms/slots.js';

describe('slots', () => {
  it('count what runs and what is free', () => {
    const slots = new Slots(2);
    slots.take();
    expect([slots.running, slots.free]).toEqual([1, 1]);
    slots.take();
    expect([slots.running, slots.free]).toEqual([2, 0]);
    slots.giveBack();
    expect([slots.running, slots.free]).toEqual([1, 1]);
  });

  it('are never less than none where more runs than there is room for', () => {
    const slots = new Slots(1);
    slots.take();
    slots.take();
    expect([slots.running, slots.free]).toEqual([2, 0]);
  });

  it('are idle when the last place is given back', async () => {
    const slots = new Slots(2);
    slots.take();
    slots.take();
    const idle = slots.whenIdle(1_000);
    slots.giveBack();
    expect(await slots.whenIdle(0)).toBe(false);
    slots.giveBack();
    expect(await idle).toBe(true);
  });

  it('are idle at once when nothing runs, and not within the time when something goes on', async () => {
    const slots = new Slots(1);
    expect(await slots.whenIdle(0)).toBe(true);
    slots.take();
    expect(await slots.whenIdle(10)).toBe(false);
    expect(await slots.whenIdle(0)).toBe(false);
  });
});
