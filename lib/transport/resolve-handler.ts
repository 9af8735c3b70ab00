import {
  type HandlerDeclaration,
  type ResolvedModuleOptions,
  type ResolvedOptions,
  assertAckPolicy,
  assertRetryPolicy,
  resolveHandlerOptions,
} from '../options/index.js';
import { type HandlerPolicy, createHandlerPolicy } from '../policies/index.js';
import type { PolicyMaker } from './policy-maker.js';

/** A handler's options with every default filled in, and its policies ready to be asked. */
export interface ResolvedHandler {
  readonly options: ResolvedOptions;
  readonly policy: HandlerPolicy;
}

/** What a class has made is only known now, and has to be as valid as an instance in the options. */
function assertMade(declaration: HandlerDeclaration, module: ResolvedModuleOptions, handler: ResolvedHandler): void {
  const { options, policy } = handler;
  if (options.mechanism === 'channel') return;
  const { owner } = declaration;
  if (typeof options.retry === 'function') assertRetryPolicy(owner, options.retry, policy.retry);
  if (typeof options.ack.policy !== 'function') return;
  assertAckPolicy(owner, options.ack.policy, policy.ack);
  const made = { ...declaration.options, ack: policy.ack } as HandlerDeclaration['options'];
  resolveHandlerOptions({ ...declaration, options: made }, module);
}

/**
 * Validates a handler's options, makes its policies, and validates these.
 *
 * @throws InvalidOptionError, OptionNotAvailableError or MissingGroupError.
 */
export function resolveHandler(
  declaration: HandlerDeclaration,
  module: ResolvedModuleOptions,
  maker: PolicyMaker,
): ResolvedHandler {
  const options = resolveHandlerOptions(declaration, module);
  const policy = createHandlerPolicy(options, (option, type) => maker.make(declaration.owner, option, type));
  const handler = { options, policy };
  assertMade(declaration, module, handler);
  return handler;
}
