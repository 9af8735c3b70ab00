import type { AtLeastOnceOptions } from './delivery-options.interface.js';

/** Options of `@OnQueue`. */
export interface QueueOptions extends AtLeastOnceOptions {
  /** Oldest job first, or newest. @default 'fifo' */
  readonly order?: 'fifo' | 'lifo';
}
