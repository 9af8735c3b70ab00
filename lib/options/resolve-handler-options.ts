import { InvalidOptionError, MissingGroupError } from '../errors/index.js';
import { type MechanismKind, parseChannelPattern } from '../message/index.js';
import type { ChannelOptions } from './channel-options.interface.js';
import { assertOptions, definedOnly } from './check.js';
import { handlerCheck } from './handler-checks.js';
import { withDefaults } from './handler-rules.js';
import type { QueueOptions } from './queue-options.interface.js';
import { resolveAtLeastOnce } from './resolve-delivery-options.js';
import type {
  ResolvedChannelOptions,
  ResolvedModuleOptions,
  ResolvedOptions,
  ResolvedStreamOptions,
} from './resolved-options.interface.js';
import type { ReaderOptions, StreamOptions } from './stream-options.interface.js';

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

function groupOf(owner: string, stream: string, options: StreamOptions, defaultGroup: string | undefined): string {
  if (options.reader !== undefined) return '';
  const group = options.group ?? defaultGroup;
  if (group === undefined) throw new MissingGroupError(owner, stream);
  return group;
}

function resolveReader({ from = '$', checkpoint }: ReaderOptions): ResolvedStreamOptions['reader'] {
  return { from, checkpoint };
}

function resolveStream(owner: string, stream: string, options: StreamOptions, defaultGroup: string | undefined) {
  const { from = '0', onGroupMissing = 'recreate', retention, reader } = options;
  return {
    mechanism: 'stream' as const,
    ...resolveAtLeastOnce(options),
    group: groupOf(owner, stream, options, defaultGroup),
    from,
    onGroupMissing,
    retention,
    reader: reader && resolveReader(reader),
  };
}

const NO_SHARDED_GLOB = 'Redis has sharded channels by their full names only';

function resolveChannel(owner: string, channel: string, options: ChannelOptions): ResolvedChannelOptions {
  const { concurrency = 1, timeout, buffer = 1_000, overflow = 'drop-oldest', sharded = false } = options;
  if (sharded && parseChannelPattern(channel).isGlob)
    throw new InvalidOptionError(owner, 'sharded', sharded, `false for the pattern "${channel}": ${NO_SHARDED_GLOB}`);
  return { mechanism: 'channel', concurrency, timeout, buffer, overflow, sharded };
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
  const options = withDefaults(owner, { ...own }, { ...module.defaults[mechanism] });
  switch (mechanism) {
    case 'channel':
      return resolveChannel(owner, target, options);
    case 'stream':
      return resolveStream(owner, target, options as StreamOptions, module.group);
    case 'queue': {
      const { order = 'fifo' }: QueueOptions = options;
      return { mechanism, ...resolveAtLeastOnce(options), order };
    }
  }
}
