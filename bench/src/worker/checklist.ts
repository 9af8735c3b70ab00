import { FIRST } from '../message.js';

/** Crosses handled messages off, each once. */
export class Checklist {
  /** Resolves when every message was handled at least once. */
  readonly complete: Promise<void>;
  /** How often a message was handled that had been handled before. */
  duplicates = 0;
  private readonly seen: Uint8Array;
  private missing: number;
  private finish: () => void = () => undefined;

  constructor(count: number) {
    this.seen = new Uint8Array(count);
    this.missing = count;
    this.complete = new Promise((resolve) => (this.finish = resolve));
  }

  /** @throws RangeError for a number that is not one of this measurement's. */
  add(n: number): void {
    const index = n - FIRST;
    if (this.seen[index] === undefined) throw new RangeError(`no message has the number ${n}`);
    if (this.seen[index] === 1) {
      this.duplicates += 1;
      return;
    }
    this.seen[index] = 1;
    this.missing -= 1;
    if (this.missing === 0) this.finish();
  }
}
