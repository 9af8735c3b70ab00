/** What a process took for something. */
export interface Took {
  /** Wall-clock time in ms. */
  readonly ms: number;
  /** CPU time of the process, all threads, user and system, in µs. */
  readonly cpu: number;
}

/** Runs from its creation on. */
export class Stopwatch {
  private readonly startedAt = performance.now();
  private readonly cpuAtStart = process.cpuUsage();

  took(): Took {
    const { user, system } = process.cpuUsage(this.cpuAtStart);
    return { ms: performance.now() - this.startedAt, cpu: user + system };
  }
}
