import { TransientSet } from '../../../collections/index.js';

/** Which of the entries that were read are finished: the checkpoint stands before the first that is not. */
export class Progress<T extends { readonly id: string }> {
  private readonly open = new TransientSet<T>();
  private readonly finished = new TransientSet<T>();
  private finishedId: string | undefined;
  private count = 0;

  /** In the order in which they are read. */
  add(entry: T): void {
    this.open.add(entry);
  }

  finish(entry: T): void {
    if (this.open.has(entry)) this.finished.add(entry);
    // A Set keeps its order: the first is the oldest.
    for (const oldest of this.open) {
      if (!this.finished.delete(oldest)) return;
      this.open.delete(oldest);
      this.finishedId = oldest.id;
      this.count += 1;
    }
  }

  /** In the order in which they were read. */
  get unfinished(): T[] {
    return [...this.open].filter((entry) => !this.finished.has(entry));
  }

  /** Nothing that was read so far will be finished: reading begins elsewhere. */
  reset(): void {
    this.open.clear();
    this.finished.clear();
    this.finishedId = undefined;
    this.count = 0;
  }

  /** The last entry up to which all are finished; undefined where the first is not. */
  get id(): string | undefined {
    return this.finishedId;
  }

  /** How many entries lie up to there since the start. */
  get total(): number {
    return this.count;
  }
}
