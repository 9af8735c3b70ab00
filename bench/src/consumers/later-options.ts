import type { StreamOptions } from 'nestjs-redis-flow';

/** A batch of at most 100, or what has come within 5 ms. */
// until the types have it
export const BATCH = { batch: { size: 100, wait: 5 } } as object as StreamOptions;

/** Effectively once, 100 at a time. */
// until the types have it
export const ONCE = { ack: 'once', concurrency: 100 } as object as StreamOptions;
