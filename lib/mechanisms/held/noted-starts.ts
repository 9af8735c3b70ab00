import { Fifo } from '../../collections/index.js';
import type { LeaseClock } from './lease-clock.js';
import { Pace } from './pace.js';
import type { Line, Waiting } from './waiting.interface.js';

/** How starts are noted in Redis. */
export interface Notes<U> {
  /** Notes that these start now. False where that cannot be done: they are to be tried again. */
  note(units: readonly U[]): boolean;
  /** Whether it may end the process: then no other's start is noted behind it. */
  isSuspect(unit: U): boolean;
}

export interface NotedStartsSettings {
  /** How many messages one call gets at most. */
  readonly unitSize: number;
  /** Whether the end of one message decides about the start of the next: then no start is noted early. */
  readonly isOrdered: boolean;
}

/** What was taken from the line and is the next to start: noted together, as many as the pace of the handlers asks for. */
export class NotedStarts<T extends Waiting, U> {
  private readonly pace = new Pace();
  private readonly noted = new Fifo<U>();
  private unnoted: U[] = [];

  constructor(
    private readonly line: Line<T, U>,
    private readonly notes: Notes<U>,
    private readonly settings: NotedStartsSettings,
    private readonly clock: LeaseClock,
  ) {}

  get size(): number {
    return this.noted.length + this.unnoted.length;
  }

  /** How many messages to hold ahead of the handlers. */
  get ahead(): number {
    return this.pace.ahead(this.clock.now());
  }

  /** Whether each is noted by itself, and the next one is not noted yet. */
  get areOneByOne(): boolean {
    return this.noted.length === 0 && this.pace.group(this.clock.now()) <= 1;
  }

  /** One call of the handler has ended. */
  ended(): void {
    this.pace.count(this.settings.unitSize);
  }

  /** The next one to start, where `places` are free. Undefined where there is none, or where it cannot be noted. */
  next(places: number): U | undefined {
    return this.noteNext(places) ? this.noted.shift() : undefined;
  }

  /** Notes the next ones, unless that is done. @returns whether one may start. */
  noteNext(places: number): boolean {
    if (this.noted.length > 0) return true;
    if (this.line.size > 0) this.take(places);
    if (this.unnoted.length === 0 || !this.notes.note(this.unnoted)) return false;
    for (const unit of this.unnoted) this.noted.push(unit);
    this.unnoted = [];
    return true;
  }

  drain(): U[] {
    const units = [...this.unnoted, ...this.noted.drain()];
    this.unnoted = [];
    return units;
  }

  private take(places: number): void {
    const { unitSize, isOrdered } = this.settings;
    const group = Math.ceil(this.pace.group(this.clock.now()) / unitSize);
    const most = isOrdered ? Math.min(group, places) : group;
    let last = this.unnoted.at(-1);
    while (this.unnoted.length < most && (last === undefined || !this.notes.isSuspect(last))) {
      last = this.line.next();
      if (last === undefined) break;
      this.unnoted.push(last);
    }
  }
}
