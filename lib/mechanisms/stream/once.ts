import { hash } from 'node:crypto';
import { DATA_FIELD, HEADERS_FIELD, IDEMPOTENCY_KEY_HEADER, type Message } from '../../message/index.js';
import type { ResolvedOnce } from '../../options/index.js';
import { BEGIN, BEGUN } from './once.scripts.js';
import type { OnceMark, StreamDelivery } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';

/** The most entries that one script looks at. */
const CHUNK = 500;

/** Sorts out messages that are done already, before their handler is asked. */
export class Once {
  constructor(
    private readonly group: StreamGroup,
    private readonly settings: ResolvedOnce & { readonly lease: number },
    private readonly onDuplicate: (delivery: StreamDelivery) => void,
  ) {}

  /** What the message is known by. @throws what the user's function threw. */
  markOf(delivery: StreamDelivery, message: Message): OnceMark {
    const own = this.settings.key?.(message) ?? message.headers[IDEMPOTENCY_KEY_HEADER] ?? message.id;
    const key = String(own);
    return {
      key,
      mark: this.group.keys.mark(key),
      hash: hashOf(delivery.entry.fields),
    };
  }

  /**
   * Marks them as in progress. @returns those whose turn it is, also those that were used with another payload: these have
   * their verdict.
   */
  async begin(deliveries: readonly StreamDelivery[]): Promise<StreamDelivery[]> {
    const marked = deliveries.filter(({ once }) => once !== undefined);
    const states: number[] = [];
    for (let start = 0; start < marked.length; start += CHUNK)
      states.push(...(await this.beginSome(marked.slice(start, start + CHUNK))));
    const isOut = new Set<StreamDelivery>();
    for (const [index, delivery] of marked.entries()) {
      const state = states[index];
      if (state === BEGUN.duplicate) this.onDuplicate(delivery);
      if (state === BEGUN.duplicate || state === BEGUN.busy) isOut.add(delivery);
      if (state === BEGUN.conflict) condemn(delivery);
    }
    return deliveries.filter((delivery) => !isOut.has(delivery));
  }

  private async beginSome(marked: readonly StreamDelivery[]): Promise<number[]> {
    const { parked, progress } = this.group.keys;
    const marks = marked.map(({ once }) => (once as OnceMark).mark);
    const words = marked.flatMap(({ id, once, attempt }) => {
      const { key, hash } = once as OnceMark;
      return [id, key, hash, attempt + 1];
    });
    return (await this.group.run(BEGIN, [parked, progress, ...marks], [this.settings.lease, ...words])) as number[];
  }
}

function condemn(delivery: StreamDelivery): void {
  const detail = `the idempotency key "${delivery.onceKey ?? ''}" was used before with another payload`;
  delivery.verdict = { type: 'decided', settlement: { type: 'deadLetter', reason: 'conflict', detail } };
  // The key is the other entry's, and not taken back with this one.
  delivery.once = undefined;
}

/** Of names and values, but not of the headers: a second publication may carry other ones. */
function hashOf(fields: readonly Buffer[]): string {
  const [name, value] = fields;
  // Nearly every entry is one of ours.
  if (value !== undefined && name?.toString('latin1') === DATA_FIELD) return hash('sha1', value, 'base64url');
  const parts: Buffer[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const pair = [fields[index] as Buffer, fields[index + 1] as Buffer] as const;
    if (pair[0].toString('latin1') !== HEADERS_FIELD)
      parts.push(Buffer.from(`${pair[0].length} ${pair[1].length} `), ...pair);
  }
  return hash('sha1', Buffer.concat(parts), 'base64url');
}
