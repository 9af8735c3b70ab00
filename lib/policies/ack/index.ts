export * from './ack-after.js';
export * from './ack-before.js';
export * from './ack-manual.js';
export * from './ack-none.js';
export * from './ack-once.js';
