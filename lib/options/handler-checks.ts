import type { MechanismKind } from '../message/index.js';
import { ack } from './ack-checks.js';
import { type Check, type Checks, callable, flag, integer, milliseconds, object, oneOf, text } from './check.js';
import { retry } from './retry-checks.js';
import { streamChecks } from './stream-checks.js';

const handler: Checks = { connection: text, concurrency: integer(1), timeout: milliseconds(1) };

const atLeastOnce: Checks = {
  ...handler,
  ack,
  retry,
  deadLetter: flag,
  lease: milliseconds(100),
  orderBy: callable('(message) => key'),
  batch: object({ size: integer(1), wait: milliseconds(0) }, ['size']),
};

const CHECKS: Readonly<Record<MechanismKind, Check>> = {
  channel: object({
    ...handler,
    buffer: integer(1),
    overflow: oneOf(['drop-oldest', 'drop-newest']),
    sharded: flag,
  }),
  stream: object({ ...atLeastOnce, ...streamChecks }),
  queue: object({ ...atLeastOnce, order: oneOf(['fifo', 'lifo']) }),
};

/** The check of all options of a mechanism's handlers, each by itself. */
export const handlerCheck = (mechanism: MechanismKind): Check => CHECKS[mechanism];
