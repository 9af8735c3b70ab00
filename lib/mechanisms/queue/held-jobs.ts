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

  /** The lease is gone, and with it every job: the handlers are told, and their settlements will find nothing. */
  loseAll(reason: Error): void {
    for (const abort of this.jobs.values()) abort.abort(reason);
    this.jobs.clear();
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
