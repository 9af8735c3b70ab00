export * from './settlement.js';
export * from './outcome.js';
export * from './control-flow.js';
export * from './classification.js';
export * from './backoff.js';
export * from './retry-policy.js';
export * from './decide-settlement.js';
export * from './dead-letter.js';
