export * from './redis-connection.js';
export * from './blocking-client.js';
export * from './connection-state.js';
export * from './script.js';
export * from './redis-errors.js';
export * from './reconnect-delay.js';
export type { RedisClient } from './create-client.js';
