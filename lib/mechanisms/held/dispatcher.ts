import { Fifo } from '../../collections/index.js';
import type { LeaseClock } from './lease-clock.js';
import { Pace } from './pace.js';
import type { Line, Waiting } from './waiting.interface.js';
import { within } from '../within.js';

/** The most messages that are held beside the others because they wait for one of their own lane. */
const MOST_ASIDE = 100;

/** What is done with messages whose turn has come. */
export interface Work<T extends Waiting, U> {
  /** Notes in Redis that these start now. False where that cannot be done: they wait until `pump` is called again. */
  note(units: readonly U[]): boolean;
  /** Whether it may end the process: then no other's start is noted behind it. */
  isSuspect(unit: U): boolean;
  /** Runs the handler, and resolves when what it got is settled or has been put on hold. Must not reject. */
  run(unit: U): Promise<void>;
  /** Hands back what was taken and never started. */
  release(items: readonly T[]): void;
}

export interface DispatcherSettings {
  /** How many calls of the handler run at once. */
  readonly concurrency: number;
  /** How many messages one call gets at most. */
  readonly unitSize: number;
  /** Whether the end of one message decides about the start of the next: then no start is noted early. */
  readonly isOrdered: boolean;
  /** Whether more may be read than can start at once. */
  readonly readsAhead: boolean;
}

/** Starts what waits in a line as places become free: notes the starts, runs the handler, and keeps what is on hold. */
export class Dispatcher<T extends Waiting, U> {
  private readonly pace = new Pace();
  /** Taken from the line: these are the next to start. */
  private readonly noted = new Fifo<U>();
  private unnoted: U[] = [];
  private active = 0;
  /** Messages that have been read, and are not here yet. */
  private coming = 0;
  private readonly holding = new Map<U, NodeJS.Timeout>();
  private isStopped = false;
  private unitItems: (unit: U) => readonly T[] = () => [];
  /** Set while a handler has its turn. */
  private turn: NodeJS.Immediate | undefined;
  private isReserved = false;
  private onChange: (() => void)[] = [];

  constructor(
    private readonly line: Line<T, U>,
    private readonly work: Work<T, U>,
    private readonly settings: DispatcherSettings,
    private readonly clock: LeaseClock,
  ) {}

  /** Calls of the handler that are under way. */
  get running(): number {
    return this.active;
  }

  /** How many more messages can be held: what can start, and a little ahead of fast handlers. */
  get free(): number {
    const { concurrency, unitSize, readsAhead } = this.settings;
    const ahead = readsAhead ? this.pace.ahead(this.clock.now()) : 0;
    const held = this.coming + this.line.size + (this.active + this.taken + this.holding.size) * unitSize;
    return Math.max(0, concurrency * unitSize + ahead - held + Math.min(this.line.aside, MOST_ASIDE));
  }

  /** How many more messages to read. */
  room(): number {
    return this.isReserved ? 0 : this.free;
  }

  /** Whether something that has waited for longer needs the next place: then nothing new is to be read. */
  reserve(isReserved: boolean): void {
    this.isReserved = isReserved;
    if (!isReserved) this.changed();
  }

  /** Resolves when a handler has ended, when a place is reserved no more, or at the stop. */
  whenChanged(): Promise<void> {
    return new Promise((resolve) => this.onChange.push(resolve));
  }

  /** Takes them in. What may start does so at the next `pump`. */
  add(items: readonly T[]): void {
    for (const item of items) this.line.push(item);
    if (this.isStopped) this.handBack();
  }

  /** Takes in what becomes of `count` messages, and starts what may start. Meanwhile they take up their room. */
  async addLater(count: number, items: Promise<readonly T[]>): Promise<void> {
    this.coming += count;
    const arrived = await items.catch((): readonly T[] => []);
    this.coming -= count;
    this.add(arrived);
    this.changed();
    this.pump();
  }

  /** Before those that wait: what has waited for longer, elsewhere. */
  addFirst(items: readonly T[]): void {
    for (const item of items) this.line.pushFirst(item);
    if (this.isStopped) this.handBack();
    else this.pump();
  }

  /** Notes the starts of the next ones, if there are places: they start at the next `pump`. */
  noteNext(): void {
    const isFree = !this.isStopped && this.turn === undefined && this.active < this.settings.concurrency;
    if (isFree && this.noted.length === 0) this.fill();
  }

  /** Keeps what has just run in its place: it is started again after `delay` ms, and those behind it wait. */
  hold(unit: U, delay: number): void {
    if (this.isStopped) return this.work.release(this.unitItems(unit));
    this.line.hold(unit);
    this.holding.set(
      unit,
      setTimeout(() => this.resume(unit), delay),
    );
  }

  /** Starts what may start. */
  pump(): void {
    while (!this.isStopped && this.turn === undefined && this.active < this.settings.concurrency) {
      const unit = this.noted.shift();
      if (unit !== undefined) {
        this.start(unit);
        this.letRun();
      } else if (!this.fill()) return;
    }
  }

  /** Nothing starts from now on; what waits is handed back. */
  stop(unitItems: (unit: U) => readonly T[]): void {
    this.isStopped = true;
    this.unitItems = unitItems;
    const units = [...this.unnoted, ...this.noted.drain(), ...this.holding.keys()];
    for (const timer of this.holding.values()) clearTimeout(timer);
    this.holding.clear();
    this.unnoted = [];
    const items = [...units.flatMap(unitItems), ...this.line.drain()];
    if (items.length > 0) this.work.release(items);
    this.changed();
  }

  /** Resolves with true when nothing runs any more and nothing will be started, with false after `timeout` ms. */
  async whenIdle(timeout: number): Promise<boolean> {
    const until = Date.now() + timeout;
    while (this.active + this.coming > 0 || (!this.isStopped && this.taken + this.line.size > 0)) {
      const left = until - Date.now();
      if (left <= 0) return false;
      await within(this.whenChanged(), left);
    }
    return true;
  }

  private get taken(): number {
    return this.noted.length + this.unnoted.length;
  }

  private handBack(): void {
    const items = this.line.drain();
    if (items.length > 0) this.work.release(items);
  }

  private resume(unit: U): void {
    this.holding.delete(unit);
    this.line.resume(unit);
    this.pump();
  }

  /** Takes the next ones out of the line and notes their starts. False where there are none, or it cannot be noted. */
  private fill(): boolean {
    const group = Math.ceil(this.pace.group(this.clock.now()) / this.settings.unitSize);
    const places = this.settings.concurrency - this.active;
    const most = this.settings.isOrdered ? Math.min(group, places) : group;
    let last = this.unnoted.at(-1);
    while (this.unnoted.length < most && (last === undefined || !this.work.isSuspect(last))) {
      last = this.line.next();
      if (last === undefined) break;
      this.unnoted.push(last);
    }
    if (this.unnoted.length === 0 || !this.work.note(this.unnoted)) return false;
    for (const unit of this.unnoted) this.noted.push(unit);
    this.unnoted = [];
    return true;
  }

  /**
   * Where starts are noted one by one, the handler of each has its turn before the next one is noted: should it end the
   * process at once, nobody else is charged. Nest calls a handler some turns of the microtask queue later.
   */
  private letRun(): void {
    if (this.noted.length > 0 || this.pace.group(this.clock.now()) > 1) return;
    this.turn = setImmediate(() => {
      this.turn = undefined;
      this.pump();
    });
  }

  private start(unit: U): void {
    this.active += 1;
    void this.work.run(unit).then(() => {
      this.active -= 1;
      this.pace.count(this.settings.unitSize);
      if (!this.holding.has(unit)) this.line.end(unit);
      this.changed();
      this.pump();
    });
  }

  private changed(): void {
    if (this.onChange.length === 0) return;
    const waiting = this.onChange;
    this.onChange = [];
    for (const wake of waiting) wake();
  }
}
