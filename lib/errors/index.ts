export * from './redis-flow.error.js';
export * from './error-text.js';
export * from './option.errors.js';
export * from './connection.errors.js';
export * from './publish.errors.js';
export * from './delivery.errors.js';
export * from './transaction.errors.js';
export * from './request.errors.js';
