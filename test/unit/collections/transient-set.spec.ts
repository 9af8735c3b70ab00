import { describe, expect, it } from 'vitest';
import { TransientSet } from '../../../lib/collections/index.js';
import { below, seeded } from '../seeded.js';
import { HARDLY_ANY, oldSpaceGrowth, type Payload, WAITING } from './old-space.js';

type SetLike = Pick<TransientSet<number>, 'size' | 'has' | 'delete' | 'clear'> &
  Iterable<number> & { add: (item: number) => unknown };

/** @returns all that the set has said on the way. */
function randomSteps(set: SetLike, items: number): string[] {
  const random = seeded(23);
  return Array.from({ length: 20_000 }, (_, step) => {
    const item = below(random, items);
    const chance = random();
    const isDeleted = chance >= 0.45 && chance < 0.9999 && set.delete(item);
    if (chance < 0.45) set.add(item);
    if (chance >= 0.9999) set.clear();
    const all = step % 100 === 0 ? [...set] : [];
    return [isDeleted, set.size, set.has(item), ...all].join(' ');
  });
}

describe('a set of what comes and goes', () => {
  it('has what was added, once, until it is deleted', () => {
    const set = new TransientSet<string>();
    set.add('a');
    set.add('a');
    expect([set.size, set.has('a'), [...set]]).toEqual([1, true, ['a']]);
    expect([set.delete('a'), set.delete('a')]).toEqual([true, false]);
    expect([set.size, set.has('a'), [...set]]).toEqual([0, false, []]);
  });

  it('shows each once, in order, to who deletes what it is shown', () => {
    const set = new TransientSet<number>();
    const items = Array.from({ length: 1_000 }, (_, item) => item);
    for (const item of items) set.add(item);
    const seen: number[] = [];
    for (const item of set) {
      seen.push(item);
      set.delete(item);
    }
    expect([seen, set.size]).toEqual([items, 0]);
  });

  // Of few items most are added twice; of many the table is large.
  it.each([10, 300, 5_000])('behaves as a Set does over many random steps with %i items', (items) => {
    expect(randomSteps(new TransientSet(), items)).toEqual(randomSteps(new Set(), items));
  });

  it('lets what was deleted die young', () => {
    const set = new TransientSet<Payload>();
    const deleteOldest = (): void => {
      const [oldest] = set;
      if (oldest !== undefined) set.delete(oldest);
    };
    expect(oldSpaceGrowth({ put: (payload) => set.add(payload), remove: deleteOldest })).toBeLessThan(HARDLY_ANY);
  });

  it('lets what it was cleared of die young', () => {
    const set = new TransientSet<Payload>();
    const clear = (): void => (set.size > WAITING ? set.clear() : undefined);
    expect(oldSpaceGrowth({ put: (payload) => set.add(payload), remove: clear })).toBeLessThan(HARDLY_ANY);
  });
});
