import {
  ConnectionNotReadyError,
  InvalidOptionError,
  PublishFailedError,
  PublishOutcomeUnknownError,
  type PublishErrorOptions,
  RedisFlowError,
} from '../errors/index.js';
import { replyCode, wasNotSent } from '../connection/index.js';
import type { MechanismKind } from '../message/index.js';
import { assertOptions } from '../options/check.js';
import { PUBLISH_CHECKS } from './publish-checks.js';
import type { AppendOptions, EnqueueOptions, NotifyOptions, PublishOptions } from './publish-options.interface.js';

type Method = keyof typeof PUBLISH_CHECKS;
type AnyOptions = PublishOptions | AppendOptions | EnqueueOptions | NotifyOptions;

/** What each method publishes to. */
const KINDS: Readonly<Record<Method, MechanismKind>> = {
  publish: 'channel',
  notify: 'channel',
  append: 'stream',
  enqueue: 'queue',
  publishMany: 'channel',
  appendMany: 'stream',
  enqueueMany: 'queue',
};

const ownerOf = (method: Method): string => `RedisPublisher.${method}`;

/**
 * Makes a call for one message: checks it before anything is sent, and tells apart what was not sent, what Redis
 * refused, and what nobody knows.
 */
export async function callForOne<T>(
  method: Method,
  target: string,
  options: AnyOptions | undefined,
  send: () => Promise<T>,
): Promise<T> {
  checkTarget(method, target);
  if (options !== undefined) assertOptions(ownerOf(method), PUBLISH_CHECKS[method], options);
  try {
    return await send();
  } catch (cause) {
    throw publishError(method, target, {
      cause,
      deduped: options !== undefined && 'dedupe' in options && options.dedupe !== undefined,
    });
  }
}

/**
 * The same for many messages.
 *
 * @param published the ids of those that are there, where they can be there without the others.
 */
export async function callForMany<T>(
  method: Method,
  target: string,
  messages: readonly unknown[],
  send: () => Promise<T>,
  published?: readonly string[],
): Promise<T> {
  checkTarget(method, target);
  if (!Array.isArray(messages))
    throw new InvalidOptionError(ownerOf(method), 'messages', messages, 'an array of { data, headers? }');
  for (const each of messages) assertOptions(ownerOf(method), PUBLISH_CHECKS[method], each);
  try {
    return await send();
  } catch (cause) {
    throw publishError(method, target, { cause, published, count: published && messages.length });
  }
}

function checkTarget(method: Method, target: unknown): void {
  if (typeof target === 'string' && target !== '') return;
  throw new InvalidOptionError(ownerOf(method), KINDS[method], target, 'a non-empty string');
}

function publishError(method: Method, target: string, options: PublishErrorOptions): unknown {
  const { cause } = options;
  const where = `${KINDS[method]} "${target}"`;
  const isCertain = replyCode(cause) !== undefined || wasNotSent(cause) || cause instanceof ConnectionNotReadyError;
  if (isCertain) return new PublishFailedError(where, options);
  return RedisFlowError.is(cause) ? cause : new PublishOutcomeUnknownError(where, options);
}
