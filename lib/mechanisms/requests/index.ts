export * from './listen.js';
export * from './redis-clock.js';
export * from './request-names.js';
export * from './request.consumer.js';
export * from './request.producer.js';
