/**
 * Milliseconds of the machine's monotonic clock. All its processes read the same one (CLOCK_MONOTONIC), so that times
 * of two processes may be subtracted. `performance.timeOrigin + performance.now()` may not: the origin is wall-clock
 * time, which is read once in each process and may have been corrected in between.
 */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;
