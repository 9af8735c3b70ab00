import type { LazyAbort } from '../../delivery/index.js';
import type { Job } from './job.js';

/** What one consumer knows to be in its processing list. */
export class HeldJobs {
  private readonly jobs = new Map<Job, LazyAbort>();

  has(job: Job): boolean {
    return this.jobs.has(job);
  }

  begin(job: Job, abort: LazyAbort): void {
    this.jobs.set(job, abort);
  }

  end(job: Job): void {
    this.jobs.delete(job);
  }

  /** The handlers are told, and nothing is settled any more. */
  loseAll(reason: Error): void {
    this.loseMissing([], reason);
  }

  /** Jobs that are not among these items, as Redis lists them, are ours no more: their handlers are told. */
  loseMissing(items: readonly Buffer[], reason: Error): void {
    const left = [...items];
    for (const [job, abort] of this.jobs) {
      const index = left.findIndex((item) => item.equals(job.raw));
      if (index >= 0) {
        left.splice(index, 1);
        continue;
      }
      abort.abort(reason);
      this.jobs.delete(job);
    }
  }

  /** Which of these items, as Redis lists them, are not among ours. Two equal items are two jobs. */
  unknown(items: readonly Buffer[]): Buffer[] {
    const known = [...this.jobs.keys()].map(({ raw }) => raw);
    return items.filter((item) => {
      const index = known.findIndex((raw) => raw.equals(item));
      if (index >= 0) known.splice(index, 1);
      return index < 0;
    });
  }
}
