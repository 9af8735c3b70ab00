import { describe, expect, it } from 'vitest';
import { LazyAbort } from '../../../lib/delivery/index.js';
import { HeldEntries } from '../../../lib/mechanisms/stream/held-entries.js';

const parked = (due: number, attempts = 1) => ({ due, attempts });

describe('the entries that a consumer holds', () => {
  it('run, wait and end', () => {
    const held = new HeldEntries();
    held.begin('1-0', new LazyAbort());
    expect([held.has('1-0'), held.isRunning('1-0'), held.runningIds]).toEqual([true, true, ['1-0']]);
    held.park('1-0', parked(5));
    expect([held.has('1-0'), held.isRunning('1-0'), held.runningIds]).toEqual([true, false, []]);
    held.begin('1-0', new LazyAbort());
    expect(held.due(10, 10)).toEqual([]);
    held.end('1-0');
    expect(held.has('1-0')).toBe(false);
  });

  it('are due by their time, earliest first, and no more than asked for', () => {
    const held = new HeldEntries();
    held.park('1-0', parked(30));
    held.park('2-0', parked(10, 2));
    held.park('3-0', parked(20));
    expect(held.due(20, 10)).toEqual([
      ['2-0', parked(10, 2)],
      ['3-0', parked(20)],
    ]);
    expect(held.due(99, 1).map(([id]) => id)).toEqual(['2-0']);
    expect(held.due(9, 10)).toEqual([]);
    expect(held.dueAfter(15).map(([id]) => id)).toEqual(['1-0', '3-0']);
    expect(held.nextDue).toBe(10);
    held.unpark('2-0');
    expect(held.nextDue).toBe(20);
  });

  it('have no next time where none waits', () => {
    const held = new HeldEntries();
    held.begin('1-0', new LazyAbort());
    expect(held.nextDue).toBe(Infinity);
  });

  it('are told when they are lost, and are no longer held', () => {
    const held = new HeldEntries();
    const [first, second] = [new LazyAbort(), new LazyAbort()];
    held.begin('1-0', first);
    held.begin('2-0', second);
    held.lose('1-0', new Error('taken over'));
    expect([first.aborted, second.aborted, held.has('1-0')]).toEqual([true, false, false]);
    held.loseAll(new Error('shutdown'));
    expect([second.aborted, held.runningIds]).toEqual([true, []]);
    expect(() => held.lose('9-0', new Error('x'))).not.toThrow();
  });
});
