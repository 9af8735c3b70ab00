import { describe, expect, it } from 'vitest';
import { TransientMap } from '../../../lib/collections/index.js';
import { below, seeded } from '../seeded.js';
import { HARDLY_ANY, oldSpaceGrowth, type Payload, WAITING } from './old-space.js';

const filled = (count: number): TransientMap<number, string> => {
  const map = new TransientMap<number, string>();
  for (let key = 0; key < count; key += 1) map.set(key, `value ${key}`);
  return map;
};

type MapLike = Pick<TransientMap<number, number>, 'size' | 'get' | 'has' | 'delete' | 'clear' | 'keys' | 'values'> & {
  set: (key: number, value: number) => unknown;
};

/** @returns all that the map has said on the way. */
function randomSteps(map: MapLike, keys: number): string[] {
  const random = seeded(22);
  return Array.from({ length: 20_000 }, (_, step) => {
    const key = below(random, keys);
    const chance = random();
    const isDeleted = chance >= 0.45 && chance < 0.9999 && map.delete(key);
    if (chance < 0.45) map.set(key, step);
    if (chance >= 0.9999) map.clear();
    const all = step % 100 === 0 ? [...map.keys(), ...map.values()] : [];
    return [isDeleted, map.size, map.has(key), map.get(key), ...all].join(' ');
  });
}

describe('a map of what comes and goes', () => {
  it('has what was set, until it is deleted', () => {
    const map = new TransientMap<string, number>();
    map.set('a', 1);
    expect([map.size, map.has('a'), map.get('a')]).toEqual([1, true, 1]);
    expect([map.delete('a'), map.delete('a')]).toEqual([true, false]);
    expect([map.size, map.has('a'), map.get('a')]).toEqual([0, false, undefined]);
  });

  it('keeps the order in which keys came, however many were deleted between them', () => {
    const map = filled(1_000);
    for (let key = 0; key < 1_000; key += 1) if (key % 10 !== 0) map.delete(key);
    map.set(0, 'first again');
    map.set(1, 'last');
    const tens = Array.from({ length: 100 }, (_, ten) => ten * 10);
    expect([...map.keys()]).toEqual([...tens, 1]);
    expect([...map.values()]).toEqual(['first again', ...tens.slice(1).map((key) => `value ${key}`), 'last']);
  });

  it('has nothing after it was cleared, and goes on', () => {
    const map = filled(100);
    map.clear();
    expect([map.size, [...map.keys()], [...map.values()], map.has(1)]).toEqual([0, [], [], false]);
    map.set(1, 'new');
    expect([...map.values()]).toEqual(['new']);
  });

  it('shows each once to who deletes what it is shown', () => {
    const map = filled(1_000);
    const seen: number[] = [];
    for (const key of map.keys()) {
      seen.push(key);
      map.delete(key);
    }
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, key) => key));
    expect(map.size).toBe(0);
  });

  // Of few keys most are set twice; of many the table is large.
  it.each([10, 300, 5_000])('behaves as a Map does over many random steps with %i keys', (keys) => {
    expect(randomSteps(new TransientMap(), keys)).toEqual(randomSteps(new Map(), keys));
  });

  it('lets what was deleted die young', () => {
    const map = new TransientMap<number, Payload>();
    const put = (payload: Payload): void => map.set(payload.id, payload);
    expect(oldSpaceGrowth({ put, remove: (id) => void map.delete(id) })).toBeLessThan(HARDLY_ANY);
  });

  it('lets what it was cleared of die young', () => {
    const map = new TransientMap<number, Payload>();
    const put = (payload: Payload): void => map.set(payload.id, payload);
    const clear = (): void => (map.size > WAITING ? map.clear() : undefined);
    expect(oldSpaceGrowth({ put, remove: clear })).toBeLessThan(HARDLY_ANY);
  });
});
