import { InvalidOptionError, MissingGroupError } from '../errors/index.js';
import { type MechanismKind, parseChannelPattern } from '../message/index.js';
import type { ChannelOptions } from './channel-options.interface.js';
import { assertOptions, definedOnly } from './check.js';
import { handlerCheck } from './handler-checks.js';
import type { AtLeastOnceOptions } from './delivery-options.interface.js';
import type { QueueOptions } from './queue-options.interface.js';
import type { ResolvedModuleOptions, ResolvedOptions, ResolvedRetry } from './resolved-options.interface.js';
import type { RetryOptions } from './retry-options.interface.js';
import type { StreamOptions } from './stream-options.interface.js';

/** What a handler's decorator says: whose it is, what it listens to, and its options as they were written. */
export interface HandlerDeclaration {
  /** The class and method, for texts: `OrdersController.charge`. */
  readonly owner: string;
  readonly method: string;
  readonly mechanism: MechanismKind;
  readonly target: string;
  readonly options: ChannelOptions | StreamOptions | QueueOptions;
}

/** The declaration in the name of the class that has the method, which may have inherited it. */
export const ownedBy = (declaration: HandlerDeclaration, host: { readonly name: string }): HandlerDeclaration => ({
  ...declaration,
  owner: `${host.name}.${declaration.method}`,
});

function resolveRetry(retry: RetryOptions | false | undefined): ResolvedRetry {
  const { attempts = 5, backoff = { type: 'fixed', delay: 1_000 }, fatal = [], retryable = [] } = retry || {};
  return { attempts: retry === false ? 1 : attempts, backoff, fatal, retryable };
}

function resolveAtLeastOnce(options: AtLeastOnceOptions) {
  const { concurrency = 1, timeout, retry, deadLetter = true, lease = 30_000 } = options;
  return { concurrency, timeout, deadLetter, lease, retry: resolveRetry(retry) };
}

function resolveStream(owner: string, stream: string, options: StreamOptions, defaultGroup: string | undefined) {
  const group = options.group ?? defaultGroup;
  if (group === undefined) throw new MissingGroupError(owner, stream);
  const { from = '0', onGroupMissing = 'recreate' } = options;
  return { mechanism: 'stream' as const, ...resolveAtLeastOnce(options), group, from, onGroupMissing };
}

function assertTarget(owner: string, mechanism: MechanismKind, target: string): void {
  const refuse = (allowed: string) => new InvalidOptionError(owner, mechanism, target, allowed);
  if (typeof target !== 'string' || target === '') throw refuse(`the name of a ${mechanism}, a non-empty string`);
  if (mechanism !== 'channel') return;
  let params: readonly string[];
  try {
    ({ params } = parseChannelPattern(target));
  } catch {
    throw refuse('a channel whose [sets] are in order, such as [a-z]');
  }
  if (new Set(params).size < params.length) throw refuse('a channel that names each parameter once');
}

/**
 * Validates a handler's options together with the module's defaults and fills in the rest.
 *
 * @throws InvalidOptionError, OptionNotAvailableError or MissingGroupError.
 */
export function resolveHandlerOptions(declaration: HandlerDeclaration, module: ResolvedModuleOptions): ResolvedOptions {
  const { owner, mechanism, target } = declaration;
  assertTarget(owner, mechanism, target);
  assertOptions(owner, handlerCheck(mechanism), declaration.options);
  const own = definedOnly(declaration.options);
  switch (mechanism) {
    case 'channel': {
      const options: ChannelOptions = { ...module.defaults.channel, ...own };
      const { concurrency = 1, timeout, buffer = 1_000, overflow = 'drop-oldest' } = options;
      return { mechanism, concurrency, timeout, buffer, overflow };
    }
    case 'stream':
      return resolveStream(owner, target, { ...module.defaults.stream, ...own }, module.group);
    case 'queue': {
      const options: QueueOptions = { ...module.defaults.queue, ...(own as QueueOptions) };
      return { mechanism, ...resolveAtLeastOnce(options), order: options.order ?? 'fifo' };
    }
  }
}
