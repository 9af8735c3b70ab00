import { randomUUID } from 'node:crypto';
import type { Entry } from '../../connection/index.js';
import type { Source } from '../../message/index.js';
import type { Settlement } from '../../options/index.js';
import { DEAD_LETTER_HEADERS, deadLetterHeaders } from '../../policies/index.js';
import { deadLetterFields } from './dead-letter-fields.js';
import type { DeadLetterNews } from '../held/held-news.js';
import { type ScriptRunner, inDoubt } from '../held/script-runner.js';
import type { StreamGroup } from './stream.group.js';
import { DEAD_LETTER, SETTLED } from './settle.scripts.js';
import { MOST_WORDS, wideDeadLetter } from './wide-dead-letter.js';

/** What is given up. */
export interface GivenUp {
  readonly id: string;
  readonly entry: Entry;
  readonly source: Source;
  readonly attempt: number;
  readonly timestamp: number;
}

/** Whether the entry must be ours: pending for us, or also when it is gone from the stream, or whoever has it. */
export type Fence = 'ours' | 'gone' | 'none';

/** Writes dead letters, and acknowledges what they are of. */
export class DeadLetters {
  constructor(
    private readonly runner: ScriptRunner<StreamGroup>,
    private readonly news: DeadLetterNews,
  ) {}

  /** Tries until it works. @returns one of `SETTLED`, or undefined where nobody waits any more. */
  async write(
    delivery: GivenUp,
    settlement: Extract<Settlement, { type: 'deadLetter' }>,
    fence: Fence,
    mark = '',
  ): Promise<unknown> {
    const { home: group } = this.runner;
    const { deadLetters: key, progress } = group.keys;
    const keys = [key, group.keys.written(randomUUID()), progress];
    const { id } = delivery;
    const fields = deadLetterFields(delivery.entry.fields, deadLetterHeaders(settlement, delivery));
    const send =
      fields.length > MOST_WORDS
        ? wideDeadLetter(group, { id, fence, mark, fields })
        : () => group.run(DEAD_LETTER, keys, [id, mark, DEAD_LETTER_HEADERS.lastAt, fence, ...fields]);
    const state = await this.runner.until(send, {
      what: `writing the dead letter of entry ${id} to ${key}`,
      inDoubt: inDoubt.unclear,
      nothing: SETTLED.notOurs,
      onRefused: (error) => this.news.deadLetterFailed(delivery, error),
    });
    this.news.deadLetterWritten(delivery);
    return state;
  }
}
