export * from './delivery.interface.js';
export * from './transaction.interface.js';
export * from './delivery-pipeline.js';
export * from './deliver-batch.js';
export * from './deadline.js';
export * from './lazy-abort.js';
export * from './error-watch.js';
export * from './redis-flow-context.js';
export type { Invoke } from './invoke.js';
