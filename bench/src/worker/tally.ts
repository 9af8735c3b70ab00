import { Checklist } from './checklist.js';
import type { Handled, Sink } from './sink.interface.js';
import { Stopwatch, type Took } from './stopwatch.js';

export type TallyResult = Took & Handled;

/** Takes the time from the first handled message on. */
export class Tally implements Sink<TallyResult> {
  private readonly checklist: Checklist;
  private stopwatch: Stopwatch | undefined;

  constructor(count: number) {
    this.checklist = new Checklist(count);
  }

  get complete(): Promise<void> {
    return this.checklist.complete;
  }

  readonly add = (n: number): void => {
    this.stopwatch ??= new Stopwatch();
    this.checklist.add(n);
  };

  result(): TallyResult {
    const { ms, cpu } = (this.stopwatch ?? new Stopwatch()).took();
    return { ms, cpu, duplicates: this.checklist.duplicates };
  }
}
