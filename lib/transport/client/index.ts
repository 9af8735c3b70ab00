export * from './redis-flow.client.js';
export * from './redis-flow-record.js';
