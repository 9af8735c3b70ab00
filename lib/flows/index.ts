export * from './flow-options.interface.js';
export * from './redis-flows.js';
