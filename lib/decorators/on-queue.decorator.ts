import type { QueueOptions } from '../options/index.js';
import { declareHandler } from './handler-metadata.js';

/**
 * Handles the jobs of one or more queues: at least once, one worker per job. Returning removes the job, throwing retries
 * and finally dead-letters. `ack` and `retry` change that by policies.
 *
 * Works on controllers and on providers; several may stand on one method.
 *
 * @throws at bootstrap: `InvalidOptionError`, `OptionNotAvailableError`, `DuplicateHandlerError`, `UnknownConnectionError`.
 * @example
 * ```ts
 * @OnQueue('jobs:email', { concurrency: 4 })
 * async sendEmail(@Payload() job: EmailJob) { … }
 * ```
 * @see https://redis.io/docs/latest/commands/blmove/
 */
export function OnQueue(queue: string | readonly string[], options: QueueOptions = {}): MethodDecorator {
  return declareHandler('queue', queue, options);
}
