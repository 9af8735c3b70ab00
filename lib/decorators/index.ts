export * from './handler-metadata.js';
export * from './inject-redis-flows.decorator.js';
export * from './inject-redis-publisher.decorator.js';
export * from './on-channel.decorator.js';
export * from './on-queue.decorator.js';
export * from './on-stream.decorator.js';
export * from './param.decorators.js';
export * from './tokens.js';
