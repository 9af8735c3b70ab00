import { inspect } from 'node:util';
import { IDEMPOTENCY_KEY_HEADER, type Message } from '../../message/index.js';
import type { ResolvedOnce } from '../../options/index.js';

/** The most of a value that an error's text shows. */
const SHOWN = 120;

/** What `'once'` knows a message by: what the user's function gives, else its header, else its id. */
export function onceKeyOf(message: Message, give: ResolvedOnce['key']): string {
  const given: unknown = give?.(message) ?? undefined;
  // An empty header is none: all that have one would be one message.
  if (given === undefined) return message.headers[IDEMPOTENCY_KEY_HEADER] || message.id;
  if (typeof given === 'string' && given !== '') return given;
  if (typeof given === 'number' && Number.isFinite(given)) return String(given);
  // Of another value the text may be the same for all messages, as that of objects is.
  ignoreRejection(given);
  const shown = inspect(given, { depth: 1, breakLength: Infinity }).slice(0, SHOWN);
  throw new TypeError(
    `option "ack.once.key" gave ${shown}, but must give a non-empty string or a finite number; or undefined, for the ` +
      `header "${IDEMPOTENCY_KEY_HEADER}" or the id`,
  );
}

/** A promise is refused for what it is: its rejection, which nobody would handle, must not end the process. */
function ignoreRejection(given: unknown): void {
  if (given instanceof Promise) given.catch(() => undefined);
}
