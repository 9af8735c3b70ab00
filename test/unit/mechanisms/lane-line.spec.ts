import { describe, expect, it } from 'vitest';
import { LaneLine } from '../../../lib/mechanisms/held/lane-line.js';
import type { Waiting } from '../../../lib/mechanisms/held/waiting.interface.js';
import { below, seeded } from '../seeded.js';

interface Item extends Waiting {
  readonly lane: string;
  readonly n: number;
}

const item = (lane: string, n: number): Item => ({ lane, n, hasCrashed: false });

function lineOf(...names: string[]): LaneLine<Item> {
  const line = new LaneLine<Item>();
  for (const [index, lane] of names.entries()) line.push(item(lane, index));
  return line;
}

const named = (taken: Item | undefined): string | undefined => taken && `${taken.lane}${taken.n}`;

describe('a line with lanes', () => {
  it('gives out one of each lane, and the next one when that has ended', () => {
    const line = lineOf('a', 'a', 'b');
    const first = line.next() as Item;
    expect([named(first), named(line.next()), named(line.next())]).toEqual(['a0', 'b2', undefined]);
    line.end(first);
    expect([named(line.next()), line.size]).toEqual(['a1', 0]);
  });

  it('gives lanes their turn in the order in which they became ready', () => {
    const line = lineOf('a', 'b', 'a', 'b');
    const [a, b] = [line.next() as Item, line.next() as Item];
    line.end(b);
    line.end(a);
    expect([named(line.next()), named(line.next())]).toEqual(['b3', 'a2']);
  });

  it('puts what has waited elsewhere before the others of its lane, in the order in which it came', () => {
    const line = lineOf('a', 'b');
    for (const n of [7, 8]) line.pushFirst(item('a', n));
    line.pushFirst(item('a', 9));
    const order: (string | undefined)[] = [];
    for (let next = line.next(); next !== undefined; next = line.next()) {
      order.push(named(next));
      line.end(next);
    }
    expect(order.filter((name) => name?.startsWith('a'))).toEqual(['a7', 'a8', 'a9', 'a0']);
  });

  it('lets only the lane of one wait that is on hold, which is the next of it', () => {
    const line = lineOf('a', 'a', 'b');
    const held = line.next() as Item;
    line.hold();
    const other = line.next() as Item;
    expect([named(other), line.next()]).toEqual(['b2', undefined]);

    line.resume(held);
    expect(line.next()).toBe(held);
    expect(line.next()).toBeUndefined();
    line.end(held);
    expect(named(line.next())).toBe('a1');
  });

  it('knows how many wait for one of their own lane, and so take no place', () => {
    const line = lineOf('a', 'a', 'a', 'b', 'b');
    expect([line.size, line.aside]).toEqual([5, 3]);
    const held = line.next() as Item;
    expect([line.size, line.aside]).toEqual([4, 3]);
    line.hold();
    expect([line.size, line.aside]).toEqual([4, 4]);
    line.resume(held);
    expect([line.size, line.aside]).toEqual([5, 3]);
  });

  it('gives back all that waits, lane by lane in order, and goes on afterwards', () => {
    const line = lineOf('a', 'a', 'b', 'a');
    const running = line.next() as Item;
    line.pushFirst(item('a', 9));
    expect(line.drain().map(named)).toEqual(['a9', 'a1', 'a3', 'b2']);
    expect([line.size, line.next()]).toEqual([0, undefined]);
    line.push(item('a', 4));
    expect(line.next()).toBeUndefined();
    line.end(running);
    expect(named(line.next())).toBe('a4');
  });

  it('keeps every lane in order and loses none, whatever happens in whatever order', () => {
    const play = new Play(7);
    while (!play.isOver) {
      play.step();
      expect(play.runsOneOfEachLane).toBe(true);
    }
    for (const order of play.orders) expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect([play.line.size, play.line.aside]).toEqual([0, 0]);
  });
});

const LANES = ['a', 'b', 'c'] as const;
const MESSAGES = 400;

/** Messages of three lanes that come, start, are put on hold and end by chance. */
class Play {
  readonly line = new LaneLine<Item>();
  private readonly random: () => number;
  private readonly running: Item[] = [];
  private readonly held: Item[] = [];
  private readonly ended: Item[] = [];
  private pushed = 0;

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  get isOver(): boolean {
    return this.ended.length === MESSAGES;
  }

  get runsOneOfEachLane(): boolean {
    return new Set(this.running.map(({ lane }) => lane)).size === this.running.length;
  }

  /** The numbers of each lane as they ended. */
  get orders(): number[][] {
    return LANES.map((lane) => this.ended.filter((each) => each.lane === lane).map(({ n }) => n));
  }

  step(): void {
    const steps = [this.push, this.start, this.start, this.hold, this.resume, this.end, this.end];
    steps[below(this.random, steps.length)]?.();
  }

  private readonly push = (): void => {
    if (this.pushed < MESSAGES) this.line.push(item(LANES[below(this.random, 3)] ?? 'a', this.pushed++));
  };

  private readonly start = (): void => void this.running.push(...[this.line.next() ?? []].flat());

  private readonly hold = (): void => {
    for (const one of this.pick(this.running)) {
      this.line.hold();
      this.held.push(one);
    }
  };

  private readonly resume = (): void => {
    for (const one of this.pick(this.held)) this.line.resume(one);
  };

  private readonly end = (): void => {
    for (const one of this.pick(this.running)) {
      this.line.end(one);
      this.ended.push(one);
    }
  };

  /** Takes one out, if there is one. */
  private pick(from: Item[]): Item[] {
    return from.splice(below(this.random, from.length), 1);
  }
}
