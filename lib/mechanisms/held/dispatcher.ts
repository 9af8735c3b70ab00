import { Turns } from '../turns.js';
import { within } from '../within.js';
import type { LeaseClock } from './lease-clock.js';
import { NotedStarts, type NotedStartsSettings, type Notes } from './noted-starts.js';
import { OnHold } from './on-hold.js';
import { Room } from './room.js';
import type { Line, Waiting } from './waiting.interface.js';

/** The most messages that are held beside the others because they wait for one of their own lane. */
const MOST_ASIDE = 100;

/** What is done with messages whose turn has come. What cannot be noted waits until `pump` is called again. */
export interface Work<T extends Waiting, U> extends Notes<U> {
  /** Runs the handler, and resolves when what it got is settled or has been put on hold. Must not reject. */
  run(unit: U): Promise<void>;
  /** Hands back what was taken and never started. */
  release(items: readonly T[]): void;
}

export interface DispatcherSettings extends NotedStartsSettings {
  /** How many calls of the handler run at once. */
  readonly concurrency: number;
  /** Whether more may be read than can start at once. */
  readonly readsAhead: boolean;
}

/** Starts what waits in a line as places become free: notes the starts, runs the handler, and keeps what is on hold. */
export class Dispatcher<T extends Waiting, U> {
  /** What can start, and a little ahead of fast handlers. */
  readonly room = new Room(() => this.roomLeft());
  private readonly starts: NotedStarts<T, U>;
  private readonly onHold = new OnHold<U>((unit) => this.resume(unit));
  private active = 0;
  private readonly arrivals = new Turns();
  private isStopped = false;
  /** Whether a handler has ended since it was last asked. */
  private hasEnded = false;
  private unitItems: (unit: U) => readonly T[] = () => [];
  /** Set while a handler has its turn. */
  private turn: NodeJS.Immediate | undefined;

  constructor(
    private readonly line: Line<T, U>,
    private readonly work: Work<T, U>,
    private readonly settings: DispatcherSettings,
    clock: LeaseClock,
  ) {
    this.starts = new NotedStarts(line, work, settings, clock);
  }

  /** Calls of the handler that are under way. */
  get running(): number {
    return this.active;
  }

  /** Takes them in. What may start does so at the next `pump`. */
  add(items: readonly T[]): void {
    for (const item of items) this.line.push(item);
    if (this.isStopped) this.release();
  }

  /**
   * Takes in what becomes of `count` messages, in the order of the calls, and starts what may start. Meanwhile they take
   * up their room.
   */
  async addLater(count: number, items: Promise<readonly T[]>): Promise<void> {
    this.room.expect(count);
    const arriving = items.catch((): readonly T[] => []);
    const arrived = await this.arrivals.take(() => arriving);
    this.room.met(count);
    this.add(arrived);
    this.room.changed();
    this.pump();
  }

  /** Before those that wait: what has waited for longer, elsewhere. */
  addFirst(items: readonly T[]): void {
    for (const item of items) this.line.pushFirst(item);
    if (this.isStopped) this.release();
    else this.pump();
  }

  /** Notes the starts of the next ones, if there are places: they start at the next `pump`. */
  noteNext(): void {
    if (this.mayStart) this.starts.noteNext(this.places);
  }

  /** Keeps what has just run in its place: it is started again after `delay` ms, and those behind it wait. */
  hold(unit: U, delay: number): void {
    if (this.isStopped) return this.work.release(this.unitItems(unit));
    this.line.hold(unit);
    this.onHold.keep(unit, delay);
  }

  /** Starts what may start. */
  pump(): void {
    while (this.mayStart) {
      const unit = this.starts.next(this.places);
      if (unit === undefined) return;
      this.start(unit);
      this.letRun();
    }
  }

  /** Nothing more is to be waited for: what waits starts as there are places. */
  finish(): void {
    this.line.hurry?.();
    this.pump();
  }

  /**
   * Hands back what waits, where no handler has ended since this was last asked and none more may run: it could run
   * elsewhere.
   */
  letGo(unitItems: (unit: U) => readonly T[]): void {
    const isStuck = !this.hasEnded && this.places <= 0;
    this.hasEnded = false;
    if (isStuck) this.release(this.starts.drain().flatMap(unitItems));
  }

  /** Nothing starts from now on; what waits is handed back. */
  stop(unitItems: (unit: U) => readonly T[]): void {
    this.isStopped = true;
    this.unitItems = unitItems;
    this.release([...this.starts.drain(), ...this.onHold.drain()].flatMap(unitItems));
    this.room.changed();
  }

  /** Resolves with true when nothing runs any more and nothing will be started, with false after `timeout` ms. */
  async whenIdle(timeout: number): Promise<boolean> {
    const until = Date.now() + timeout;
    while (this.active > 0 || this.room.isExpecting || (!this.isStopped && this.starts.size + this.line.size > 0)) {
      const left = until - Date.now();
      if (left <= 0) return false;
      await within(this.room.whenChanged(), left);
    }
    return true;
  }

  private roomLeft(): number {
    const { concurrency, unitSize, readsAhead } = this.settings;
    const ahead = readsAhead ? this.starts.ahead : 0;
    const held = this.line.size + (this.active + this.starts.size + this.onHold.size) * unitSize;
    return concurrency * unitSize + ahead + Math.min(this.line.aside, MOST_ASIDE) - held;
  }

  private get places(): number {
    return this.settings.concurrency - this.active;
  }

  private get mayStart(): boolean {
    return !this.isStopped && this.turn === undefined && this.places > 0;
  }

  /** These, and after them all that is in the line. */
  private release(first: readonly T[] = []): void {
    const items = [...first, ...this.line.drain()];
    if (items.length > 0) this.work.release(items);
  }

  private resume(unit: U): void {
    this.line.resume(unit);
    this.pump();
  }

  /**
   * Where starts are noted one by one, the handler of each has its turn before the next one is noted: should it end the
   * process at once, nobody else is charged. Nest calls a handler some turns of the microtask queue later.
   */
  private letRun(): void {
    if (!this.starts.areOneByOne) return;
    this.turn = setImmediate(() => {
      this.turn = undefined;
      this.pump();
    });
  }

  private start(unit: U): void {
    this.active += 1;
    void this.work.run(unit).then(() => {
      this.active -= 1;
      this.hasEnded = true;
      this.starts.ended();
      if (!this.onHold.has(unit)) this.line.end(unit);
      this.room.changed();
      this.pump();
    });
  }
}
