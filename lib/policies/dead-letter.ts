import { inspect } from 'node:util';
import type { Source } from '../message/index.js';
import { errorDetail } from './error-detail.js';
import type { Settlement } from '../options/settlement.interface.js';

/** The headers that a dead letter gets beside the message's own. */
export const DEAD_LETTER_HEADERS = {
  /** `exhausted`, `fatal`, `undecodable`, `crashed`, `rejected` or `conflict`; `lost` where the message itself was trimmed away. */
  reason: 'dlq-reason',
  /** What `DeadLetter.because`, `context.deadLetter` or a policy said, or what `ValidationPipe` found. */
  detail: 'dlq-detail',
  /** The message's id before. */
  id: 'dlq-id',
  /** The stream or queue that it came from. */
  source: 'dlq-source',
  group: 'dlq-group',
  consumer: 'dlq-consumer',
  attempts: 'dlq-attempts',
  /** When the message was published, in ms since 1970: its `timestamp`. */
  firstAt: 'dlq-first-at',
  /** When it was given up, in ms since 1970 by Redis' clock. */
  lastAt: 'dlq-last-at',
  errorClass: 'dlq-error-class',
  errorMessage: 'dlq-error-message',
  errorCode: 'dlq-error-code',
  errorStack: 'dlq-error-stack',
} as const;

const LONGEST_TEXT = 1_000;
const LONGEST_STACK = 4_000;

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text);

/** Also an error's message can be anything. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : inspect(value));

function describeError(error: unknown): Record<string, string> {
  if (error === undefined) return {};
  if (!(error instanceof Error)) {
    return {
      [DEAD_LETTER_HEADERS.errorClass]: typeof error,
      [DEAD_LETTER_HEADERS.errorMessage]: cut(textOf(error), LONGEST_TEXT),
    };
  }
  const code = (error as { code?: unknown }).code;
  return {
    [DEAD_LETTER_HEADERS.errorClass]: error.constructor.name,
    [DEAD_LETTER_HEADERS.errorMessage]: cut(textOf(error.message), LONGEST_TEXT),
    ...(typeof code === 'string' || typeof code === 'number' ? { [DEAD_LETTER_HEADERS.errorCode]: String(code) } : {}),
    ...(typeof error.stack === 'string' ? { [DEAD_LETTER_HEADERS.errorStack]: cut(error.stack, LONGEST_STACK) } : {}),
  };
}

/** What a dead letter was. */
export interface DeadLetterOrigin {
  readonly id: string;
  readonly source: Source;
  /** The attempt that this delivery was, or would have been. */
  readonly attempt: number;
  /** In ms since 1970. */
  readonly timestamp: number;
}

/** The bounded facts that a dead letter carries, as headers. */
export function deadLetterHeaders(
  settlement: Extract<Settlement, { type: 'deadLetter' }>,
  from: DeadLetterOrigin,
): Record<string, string> {
  const { group, consumer, key } = from.source;
  const detail = settlement.detail ?? errorDetail(settlement.error);
  // A crashed message is given up instead of being started once more.
  const attempts = settlement.reason === 'crashed' ? from.attempt - 1 : from.attempt;
  return {
    [DEAD_LETTER_HEADERS.reason]: settlement.reason,
    ...(detail === undefined ? {} : { [DEAD_LETTER_HEADERS.detail]: cut(detail, LONGEST_TEXT) }),
    [DEAD_LETTER_HEADERS.id]: from.id,
    [DEAD_LETTER_HEADERS.source]: key,
    ...(group === undefined ? {} : { [DEAD_LETTER_HEADERS.group]: group }),
    ...(consumer === undefined ? {} : { [DEAD_LETTER_HEADERS.consumer]: consumer }),
    [DEAD_LETTER_HEADERS.attempts]: String(attempts),
    [DEAD_LETTER_HEADERS.firstAt]: String(from.timestamp),
    ...describeError(settlement.error),
  };
}
