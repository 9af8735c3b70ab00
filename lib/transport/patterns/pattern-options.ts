import { REQUEST_GROUP } from '../../mechanisms/index.js';
import type { HandlerDeclaration, ResolvedModuleOptions } from '../../options/index.js';

type DeclaredOptions = HandlerDeclaration['options'];

/** How many messages of a channel are handled at the same time, and how many more may wait. */
const CHANNEL = { concurrency: 1_000, buffer: 10_000 } as const;

/** How many requests of a stream an instance takes at the same time. More would not be left for others. */
const REQUEST_CONCURRENCY = 100;

/** The longest time until another instance takes over the requests of one that has died, in ms: callers wait for 30 s. */
const LONGEST_LEASE = 10_000;

/**
 * The options of a stream's requests. Their handlers do not fail: their callers get the errors. Only one whose process
 * died is started again, as long as its caller waits.
 */
function requestOptions({ defaults: { stream = {} } }: ResolvedModuleOptions): DeclaredOptions {
  const { concurrency = REQUEST_CONCURRENCY, lease = LONGEST_LEASE, timeout } = stream;
  return {
    group: REQUEST_GROUP,
    concurrency,
    ...(timeout !== undefined && { timeout }),
    lease: Math.min(lease, LONGEST_LEASE),
    retry: { attempts: 3 },
    deadLetter: false,
    retention: 'acked',
  };
}

/** A stock handler takes one message, and belongs to a group. */
function eventOptions({ defaults: { stream = {} } }: ResolvedModuleOptions): DeclaredOptions {
  const { batch: _batch, reader: _reader, ...options } = stream;
  return options as DeclaredOptions;
}

/** The options of a pattern's consumer: the module's defaults, as far as they fit stock handlers. */
export function patternOptions(module: ResolvedModuleOptions, over: 'channel' | 'stream', isEvent: boolean) {
  if (over === 'channel') return { ...CHANNEL, ...module.defaults.channel };
  return isEvent ? eventOptions(module) : requestOptions(module);
}

/** A pattern as `@OnChannel` would have to name it: what is special there stands for itself. */
export const exactChannel = (pattern: string): string =>
  pattern.replace(/\{(?=\w+\})|[*?[\\]/g, (special) => `\\${special}`);
