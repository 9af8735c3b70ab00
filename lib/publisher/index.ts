export * from './publish-options.interface.js';
export * from './redis-publisher.js';
