import { describe, expect, it } from 'vitest';
import { Bag, type Bagged } from '../../../lib/collections/index.js';
import { below, seeded } from '../seeded.js';

interface Item extends Bagged {
  readonly n: number;
}

const item = (n: number): Item => ({ n, bagPlace: -1 });
const numbers = (items: Iterable<Item>): number[] =>
  Array.from(items, ({ n }) => n).toSorted((one, other) => one - other);

describe('a bag', () => {
  it('has what was put in until it is taken out, as a Set has', () => {
    const random = seeded(41);
    const [bag, set] = [new Bag<Item>(), new Set<Item>()];
    const items = Array.from({ length: 60 }, (_, n) => item(n));
    for (let step = 0; step < 2_000; step += 1) {
      const one = items[below(random, items.length)] as Item;
      if (set.has(one)) {
        bag.remove(one);
        set.delete(one);
      } else {
        bag.add(one);
        set.add(one);
      }
      expect(numbers(bag.all)).toEqual(numbers(set));
    }
  });

  it('leaves alone what is not in it, be it in another bag', () => {
    const [bag, other] = [new Bag<Item>(), new Bag<Item>()];
    const [mine, its, nobodys] = [item(1), item(2), item(3)];
    bag.add(mine);
    other.add(its);
    for (const one of [its, nobodys, mine, mine]) bag.remove(one);
    expect([bag.all, other.all]).toEqual([[], [its]]);
  });

  it('gives a list of its own', () => {
    const bag = new Bag<Item>();
    bag.add(item(1));
    bag.all.pop();
    expect(bag.all).toHaveLength(1);
  });

  it('says how many it has', () => {
    const bag = new Bag<Item>();
    const [first, second] = [item(1), item(2)];
    for (const one of [first, second]) bag.add(one);
    bag.remove(first);
    expect(bag.size).toBe(1);
    bag.remove(second);
    expect(bag.size).toBe(0);
  });
});
