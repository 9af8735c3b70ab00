import { FIRST } from './message.js';

/** What one measurement took, in the process that handled. */
export interface Took {
  /** Wall-clock time in ms. */
  readonly ms: number;
  /** CPU time of the process, all threads, user and system, in µs. */
  readonly cpu: number;
  readonly duplicates: number;
}

/** Counts handled messages, each once, and takes the time from the first of them on. */
export class Tally {
  /** Resolves when every message was handled at least once. */
  readonly complete: Promise<void>;
  private readonly seen: Uint8Array;
  private missing: number;
  private duplicates = 0;
  private startedAt = 0;
  private cpuAtStart: NodeJS.CpuUsage | undefined;
  private finish: () => void = () => undefined;

  constructor(count: number) {
    this.seen = new Uint8Array(count);
    this.missing = count;
    this.complete = new Promise((resolve) => (this.finish = resolve));
  }

  /** @throws RangeError for a number that is not one of this measurement's. */
  readonly add = (n: number): void => {
    this.cpuAtStart ??= this.start();
    const index = n - FIRST;
    if (this.seen[index] === undefined) throw new RangeError(`no message has the number ${n}`);
    if (this.seen[index] === 1) {
      this.duplicates += 1;
      return;
    }
    this.seen[index] = 1;
    this.missing -= 1;
    if (this.missing === 0) this.finish();
  };

  /** To be called when all is handled and settled. */
  took(): Took {
    const { user, system } = process.cpuUsage(this.cpuAtStart);
    return { ms: performance.now() - this.startedAt, cpu: user + system, duplicates: this.duplicates };
  }

  private start(): NodeJS.CpuUsage {
    this.startedAt = performance.now();
    return process.cpuUsage();
  }
}
