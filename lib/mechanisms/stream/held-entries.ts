import type { LazyAbort } from '../../delivery/index.js';

/** An entry that waits in the pending list for its next attempt. */
export interface Parked {
  /** By this process' clock, for the timer only; Redis' idle time is what counts. */
  readonly due: number;
  /** How often its handler was started. */
  readonly attempts: number;
}

/** What one consumer knows to be its own: entries that are running, and entries that wait. */
export class HeldEntries {
  private readonly running = new Map<string, LazyAbort>();
  private readonly waiting = new Map<string, Parked>();

  get runningIds(): string[] {
    return [...this.running.keys()];
  }

  has(id: string): boolean {
    return this.running.has(id) || this.waiting.has(id);
  }

  isRunning(id: string): boolean {
    return this.running.has(id);
  }

  begin(id: string, abort: LazyAbort): void {
    this.waiting.delete(id);
    this.running.set(id, abort);
  }

  end(id: string): void {
    this.running.delete(id);
  }

  /** The lease is gone: the handler is told, and its settlement will find nothing to settle. */
  lose(id: string, reason: Error): void {
    this.running.get(id)?.abort(reason);
    this.running.delete(id);
  }

  loseAll(reason: Error): void {
    for (const id of this.runningIds) this.lose(id, reason);
  }

  park(id: string, parked: Parked): void {
    this.running.delete(id);
    this.waiting.set(id, parked);
  }

  unpark(id: string): void {
    this.waiting.delete(id);
  }

  /** Waiting entries whose time has come, earliest first. */
  due(now: number, count: number): [id: string, parked: Parked][] {
    const due = [...this.waiting].filter(([, parked]) => parked.due <= now);
    return due.sort(([, a], [, b]) => a.due - b.due).slice(0, count);
  }

  /** Waiting entries whose time is further away than `ms`. */
  dueAfter(ms: number): [id: string, parked: Parked][] {
    return [...this.waiting].filter(([, parked]) => parked.due > ms);
  }

  /** When the next waiting entry is due, Infinity where none waits. */
  get nextDue(): number {
    let next = Infinity;
    for (const { due } of this.waiting.values()) next = Math.min(next, due);
    return next;
  }
}
