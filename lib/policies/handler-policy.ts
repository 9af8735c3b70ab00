import type { AckPolicy, AckWord } from '../options/ack-policy.interface.js';
import type {
  ResolvedAck,
  ResolvedOnce,
  ResolvedOptions,
  ResolvedRetry,
} from '../options/resolved-options.interface.js';
import type { RetryPolicy } from '../options/retry-policy.interface.js';
import { AckAfter, AckBefore, AckManual, AckNone, AckOnce } from './ack/index.js';

/** What decides the fate of a handler's messages. */
export interface HandlerPolicy {
  readonly ack: AckPolicy;
  /** The idempotency of `'once'`; undefined with any other policy. */
  readonly once: ResolvedOnce | undefined;
  readonly retry: ResolvedRetry | RetryPolicy;
  /** Whether given-up messages are kept; otherwise they are dropped, with a log line and an event. */
  readonly deadLetter: boolean;
  /** Whether the handler gets batches. These have no order, so nothing keeps its place in one. */
  readonly isBatch: boolean;
}

/** Makes an instance of the class that an option names. */
export type MakePolicy = <T>(option: 'ack' | 'retry', type: new (...args: never[]) => T) => T;

const BUILT_IN: Readonly<Record<Exclude<AckWord, 'once'>, AckPolicy>> = {
  after: new AckAfter(),
  before: new AckBefore(),
  none: new AckNone(),
  manual: new AckManual(),
};

/** A channel keeps nothing: what fails is dropped, with a log line and an event. */
const CHANNEL_POLICY: HandlerPolicy = {
  ack: BUILT_IN.none,
  once: undefined,
  retry: { attempts: 1, backoff: { type: 'fixed', delay: 0 }, fatal: [], retryable: [], hold: false },
  deadLetter: false,
  isBatch: false,
};

function ackOnce({ window, key }: Partial<ResolvedOnce> = {}): AckOnce {
  return new AckOnce({ ...(window !== undefined && { window }), ...(key !== undefined && { key }) });
}

function ackPolicy({ policy, once }: ResolvedAck, make: MakePolicy): AckPolicy {
  if (policy === 'once') return ackOnce(once);
  if (typeof policy === 'string') return BUILT_IN[policy];
  return typeof policy === 'function' ? make('ack', policy) : policy;
}

/** The policy that a handler's options describe. */
export function createHandlerPolicy(options: ResolvedOptions, make: MakePolicy): HandlerPolicy {
  if (options.mechanism === 'channel') return CHANNEL_POLICY;
  const { retry, deadLetter, batch } = options;
  const ack = ackPolicy(options.ack, make);
  const once = ack instanceof AckOnce ? ack.once : undefined;
  return {
    ack,
    once,
    retry: typeof retry === 'function' ? make('retry', retry) : retry,
    deadLetter,
    isBatch: batch !== undefined,
  };
}
