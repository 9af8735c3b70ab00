import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Dispatcher, type DispatcherSettings } from '../../../lib/mechanisms/held/dispatcher.js';
import { FifoLine } from '../../../lib/mechanisms/held/fifo-line.js';
import { LaneLine } from '../../../lib/mechanisms/held/lane-line.js';
import type { LeaseClock } from '../../../lib/mechanisms/held/lease-clock.js';
import type { Line, Waiting } from '../../../lib/mechanisms/held/waiting.interface.js';

interface Item extends Waiting {
  readonly n: number;
}

const item = (n: number, lane?: unknown): Item => ({ n, lane, hasCrashed: false });
const suspect = (n: number): Item => ({ n, lane: undefined, hasCrashed: true });

const SETTINGS: DispatcherSettings = { concurrency: 1, unitSize: 1, isOrdered: false, readsAhead: false };

/** A dispatcher whose handlers end when the test says so. */
class Stage {
  readonly noted: number[] = [];
  /** The starts that were noted together. */
  readonly notes: (readonly number[])[] = [];
  readonly started: number[] = [];
  readonly released: number[] = [];
  canNote = true;
  private readonly ends = new Map<number, () => void>();
  readonly dispatcher: Dispatcher<Item, Item>;

  constructor(settings: Partial<DispatcherSettings> = {}, line: Line<Item> = new FifoLine<Item>()) {
    const work = {
      note: (units: readonly Item[]): boolean => {
        if (!this.canNote) return false;
        this.notes.push(units.map(({ n }) => n));
        this.noted.push(...units.map(({ n }) => n));
        return true;
      },
      isSuspect: ({ hasCrashed }: Item): boolean => hasCrashed,
      run: (unit: Item): Promise<void> => {
        this.started.push(unit.n);
        return new Promise((resolve) => this.ends.set(unit.n, resolve));
      },
      release: (items: readonly Item[]): void => void this.released.push(...items.map(({ n }) => n)),
    };
    const clock = { now: () => 0 } as LeaseClock;
    this.dispatcher = new Dispatcher<Item, Item>(line, work, { ...SETTINGS, ...settings }, clock);
  }

  add(...items: Item[]): void {
    this.dispatcher.add(items);
    this.dispatcher.pump();
  }

  /** The handler is done. */
  async end(n: number): Promise<void> {
    this.ends.get(n)?.();
    await new Promise(setImmediate);
  }

  /** Resolves when these have been started, in this order. */
  whenStarted(...numbers: number[]): Promise<void> {
    const check = (): void => {
      if (this.started.join() !== numbers.join()) throw new Error(`started are ${this.started.join()}`);
    };
    return vi.waitFor(check, { interval: 1, timeout: 10_000 });
  }
}

describe('a dispatcher', () => {
  it('starts as many at once as it may, in order, and the next when one has ended', async () => {
    const stage = new Stage({ concurrency: 2 });
    stage.add(item(1), item(2), item(3), item(4));
    await stage.whenStarted(1, 2);
    expect(stage.dispatcher.running).toBe(2);
    await stage.end(2);
    await stage.whenStarted(1, 2, 3);
    await stage.end(1);
    await stage.whenStarted(1, 2, 3, 4);
  });

  it('notes each start before it is made', async () => {
    const stage = new Stage({ concurrency: 3 });
    stage.add(item(1), item(2));
    await stage.whenStarted(1, 2);
    expect(stage.noted).toEqual([1, 2]);
  });

  it('notes no start behind that of a suspect, however many it notes together', async () => {
    const stage = new Stage({ concurrency: 200 });
    const many = Array.from({ length: 100 }, (_, n) => item(n));
    stage.add(...many);
    await stage.whenStarted(...many.map(({ n }) => n));
    await Promise.all(many.map(({ n }) => stage.end(n)));
    stage.notes.length = 0;

    stage.add(item(100), suspect(101), suspect(102), item(103), item(104));
    await stage.whenStarted(...many.map(({ n }) => n), 100, 101, 102, 103, 104);
    expect(stage.notes).toEqual([[100, 101], [102], [103, 104]]);
  });

  it('starts nothing that cannot be noted, and loses nothing of it', async () => {
    const stage = new Stage({ concurrency: 2 });
    stage.canNote = false;
    stage.add(item(1), item(2));
    expect(stage.started).toEqual([]);
    stage.canNote = true;
    stage.dispatcher.pump();
    await stage.whenStarted(1, 2);
  });

  it('takes in what comes later in the order in which that was read, whichever answer comes first', async () => {
    const stage = new Stage({ concurrency: 4 });
    let answerFirst: (items: readonly Item[]) => void = () => undefined;
    void stage.dispatcher.addLater(2, new Promise<readonly Item[]>((resolve) => (answerFirst = resolve)));
    void stage.dispatcher.addLater(1, Promise.reject(new Error('refused')));
    void stage.dispatcher.addLater(1, Promise.resolve([item(3)]));
    await new Promise(setImmediate);
    expect(stage.started).toEqual([]);

    answerFirst([item(1), item(2)]);
    await stage.whenStarted(1, 2, 3);
  });

  it('starts what has waited elsewhere before the others', async () => {
    const stage = new Stage();
    stage.add(item(1), item(2));
    stage.dispatcher.addFirst([item(8), item(9)]);
    await stage.whenStarted(1);
    for (const n of [1, 8, 9]) await stage.end(n);
    expect(stage.started).toEqual([1, 8, 9, 2]);
  });
});

describe('what waits in a dispatcher whose places are taken', () => {
  const itself = (unit: Item): readonly Item[] => [unit];

  it('is let go of where no handler has ended since that was last asked, and not before', async () => {
    const stage = new Stage();
    stage.add(item(1), item(2), item(3), item(4));
    await stage.end(1);
    await stage.whenStarted(1, 2);
    stage.dispatcher.letGo(itself);
    expect(stage.released).toEqual([]);
    stage.dispatcher.letGo(itself);
    expect(stage.released).toEqual([3, 4]);
    await stage.end(2);
    expect(stage.started).toEqual([1, 2]);
  });

  it('is kept where a place is free, as then it only waits for Redis', () => {
    const stage = new Stage();
    stage.canNote = false;
    stage.add(item(1));
    stage.dispatcher.letGo(itself);
    expect(stage.released).toEqual([]);
  });
});

describe('the room of a dispatcher', () => {
  it('is what can start, less what is held', async () => {
    const stage = new Stage({ concurrency: 3 });
    expect(stage.dispatcher.room.toRead).toBe(3);
    stage.add(item(1), item(2));
    await stage.whenStarted(1, 2);
    expect(stage.dispatcher.room.toRead).toBe(1);
    stage.add(item(3), item(4));
    expect(stage.dispatcher.room.toRead).toBe(0);
  });

  it('counts messages where a call gets several', () => {
    expect(new Stage({ concurrency: 2, unitSize: 10 }).dispatcher.room.toRead).toBe(20);
  });

  it('is none while a place is reserved, and who waits for it is told when it is not any more', async () => {
    const { dispatcher } = new Stage({ concurrency: 2 });
    dispatcher.room.reserve(true);
    expect([dispatcher.room.toRead, dispatcher.room.free]).toEqual([0, 2]);
    const changed = dispatcher.room.whenChanged();
    dispatcher.room.reserve(false);
    await changed;
    expect(dispatcher.room.toRead).toBe(2);
  });

  it('is not taken by those that wait for one of their own lane, up to a hundred', () => {
    const stage = new Stage({ concurrency: 2 }, new LaneLine<Item>());
    stage.add(...Array.from({ length: 50 }, (_, n) => item(n, 'a')));
    expect(stage.dispatcher.room.toRead).toBe(1);
    stage.add(...Array.from({ length: 60 }, (_, n) => item(50 + n, 'a')));
    expect(stage.dispatcher.room.toRead).toBe(0);
  });

  it('is taken by what is kept elsewhere, and who waits for it is told when that is less', async () => {
    const { dispatcher } = new Stage({ concurrency: 2 });
    dispatcher.room.keepElsewhere(3);
    expect(dispatcher.room.toRead).toBe(0);
    const changed = dispatcher.room.whenChanged();
    dispatcher.room.keepElsewhere(1);
    await changed;
    expect(dispatcher.room.toRead).toBe(1);
  });

  it('is told of when a handler has ended', async () => {
    const stage = new Stage();
    stage.add(item(1));
    const changed = stage.dispatcher.room.whenChanged();
    await stage.end(1);
    await changed;
    expect(stage.dispatcher.room.toRead).toBe(1);
  });
});

describe('a message on hold', () => {
  it('is started again after its delay, and those behind it wait', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const stage = new Stage({ isOrdered: true });
    const [first, second] = [item(1), item(2)];
    stage.add(first, second);
    await stage.whenStarted(1);
    stage.dispatcher.hold(first, 20);
    await stage.end(1);
    vi.advanceTimersByTime(19);
    expect(stage.started).toEqual([1]);
    vi.advanceTimersByTime(1);
    await stage.whenStarted(1, 1);
    await stage.end(1);
    await stage.whenStarted(1, 1, 2);
  });

  it('holds up no other lane', async () => {
    const stage = new Stage({ isOrdered: true }, new LaneLine<Item>());
    const held = item(1, 'a');
    stage.add(held, item(2, 'a'), item(3, 'b'));
    await stage.whenStarted(1);
    stage.dispatcher.hold(held, 60_000);
    await stage.end(1);
    await stage.whenStarted(1, 3);
    expect(stage.dispatcher.room.toRead).toBe(0);
    await stage.end(3);
    expect(stage.dispatcher.room.toRead).toBe(1);
    stage.dispatcher.stop((unit) => [unit]);
    expect(stage.released.toSorted((a, b) => a - b)).toEqual([1, 2]);
  });
});

describe('a dispatcher that is stopped', () => {
  it('hands back what waits and what is on hold, and starts nothing more', async () => {
    const stage = new Stage();
    const first = item(1);
    stage.add(first, item(2));
    await stage.whenStarted(1);
    stage.dispatcher.stop((unit) => [unit]);
    expect(stage.released).toEqual([2]);
    stage.add(item(3));
    stage.dispatcher.addFirst([item(4)]);
    await stage.end(1);
    expect(stage.released).toEqual([2, 3, 4]);
    expect(stage.started).toEqual([1]);
  });

  it('hands back what is put on hold after its stop, and waits for nothing', async () => {
    const stage = new Stage();
    const first = item(1);
    stage.add(first);
    await stage.whenStarted(1);
    stage.dispatcher.stop((unit) => [unit]);
    stage.dispatcher.hold(first, 60_000);
    await stage.end(1);
    expect(stage.released).toEqual([1]);
    expect(await stage.dispatcher.whenIdle(0)).toBe(true);
  });

  it('hands back what could not be noted', () => {
    const stage = new Stage();
    stage.canNote = false;
    stage.add(item(1), item(2));
    stage.dispatcher.stop((unit) => [unit]);
    expect(stage.released).toEqual([1, 2]);
  });

  it('tells when nothing runs any more', async () => {
    const stage = new Stage();
    stage.add(item(1));
    await stage.whenStarted(1);
    stage.dispatcher.stop((unit) => [unit]);
    expect(await stage.dispatcher.whenIdle(5)).toBe(false);
    const idle = stage.dispatcher.whenIdle(5_000);
    await stage.end(1);
    expect(await idle).toBe(true);
  });

  it('is not idle, where it is not stopped, while something waits', async () => {
    const stage = new Stage();
    stage.canNote = false;
    stage.add(item(1));
    expect(await stage.dispatcher.whenIdle(5)).toBe(false);
    stage.canNote = true;
    const idle = stage.dispatcher.whenIdle(5_000);
    stage.dispatcher.pump();
    await stage.whenStarted(1);
    await stage.end(1);
    expect(await idle).toBe(true);
  });
});
