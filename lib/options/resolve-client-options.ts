import { anyText, assertOptions, object } from './check.js';
import type { RedisFlowClientOptions } from './client-options.interface.js';
import { patternsCheck } from './patterns-check.js';
import { connectionCheck } from './connection-check.js';
import { codecCheck, resolveModuleOptions } from './resolve-module-options.js';
import type { ResolvedModuleOptions } from './resolved-options.interface.js';
import type { ResolvedPatterns } from './patterns-option.interface.js';

const clientCheck = object(
  { connection: connectionCheck, patterns: patternsCheck, keyPrefix: anyText, codec: codecCheck },
  ['connection', 'patterns'],
);

/** A client's options as those of a connection. */
export type ResolvedClientOptions = ResolvedModuleOptions & { readonly patterns: ResolvedPatterns };

/**
 * Validates a client's options and fills in the defaults.
 *
 * @throws InvalidOptionError or OptionNotAvailableError.
 */
export function resolveClientOptions(options: RedisFlowClientOptions): ResolvedClientOptions {
  assertOptions('RedisFlowClient', clientCheck, options);
  return resolveModuleOptions('client', options) as ResolvedClientOptions;
}
