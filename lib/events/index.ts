export * from './redis-flow-event.interface.js';
export * from './redis-flow-events.js';
