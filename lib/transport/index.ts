export * from './connect-redis-flow.js';
export * from './consumer-runner.js';
export * from './find-instances.js';
export * from './handler-explorer.js';
export * from './provider-handler.js';
export * from './redis-flow.lifecycle.js';
export * from './redis-flow.strategy.js';
