import { hash } from 'node:crypto';
import type { Argument, Script } from '../../connection/index.js';
import { DATA_FIELD, HEADERS_FIELD, IDEMPOTENCY_KEY_HEADER, type Message } from '../../message/index.js';
import type { ResolvedOnce } from '../../options/index.js';
import { BEGIN, BEGUN } from './once.scripts.js';
import type { OnceMark, StreamDelivery } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';

/** The most entries that one script looks at. */
const CHUNK = 500;

/** Runs a script for the consumer. Its own keys and arguments come after the stream's, the group's and the consumer's. */
export type RunScript = (script: Script, keys: readonly string[], args: readonly Argument[]) => Promise<unknown>;

/** What becomes of those whose turn it is not. */
export interface OnceHost {
  /** In ms. */
  readonly lease: number;
  readonly onDuplicate: (delivery: StreamDelivery) => void;
  /** Another entry may be in progress with its key, for so many ms. */
  readonly onBusy: (delivery: StreamDelivery, ms: number) => void;
}

/** Sorts out messages that are done already, before their handler is asked. */
export class Once {
  constructor(
    private readonly group: StreamGroup,
    private readonly settings: ResolvedOnce,
    private readonly host: OnceHost,
  ) {}

  /** What the message is known by. @throws what the user's function threw. */
  markOf(delivery: StreamDelivery, message: Message): OnceMark {
    const own = this.settings.key?.(message) ?? message.headers[IDEMPOTENCY_KEY_HEADER] ?? message.id;
    const key = String(own);
    return { key, mark: this.group.keys.marks + key, hash: hashOf(delivery.entry.fields) };
  }

  /**
   * Marks them as in progress. @returns those whose turn it is, also those that were used with another payload: these have
   * their verdict.
   */
  async begin(deliveries: readonly StreamDelivery[], run: RunScript): Promise<readonly StreamDelivery[]> {
    const marked = deliveries.filter(({ once }) => once !== undefined);
    const begun: Promise<number[]>[] = [];
    for (let start = 0; start < marked.length; start += CHUNK)
      begun.push(this.beginSome(marked.slice(start, start + CHUNK), run));
    const states = (await Promise.all(begun)).flat();
    if (states.every((state) => state === BEGUN.run)) return deliveries;
    const isOut = new Set(marked.filter((delivery, index) => this.isOut(delivery, states[index] as number)));
    return deliveries.filter((delivery) => !isOut.has(delivery));
  }

  private isOut(delivery: StreamDelivery, state: number): boolean {
    if (state === BEGUN.conflict) condemn(delivery);
    if (state === BEGUN.duplicate) this.host.onDuplicate(delivery);
    if (state < 0) this.host.onBusy(delivery, -state);
    return state === BEGUN.duplicate || state < 0;
  }

  private async beginSome(marked: readonly StreamDelivery[], run: RunScript): Promise<number[]> {
    const keys: string[] = [this.group.keys.progress];
    const args: Argument[] = [this.host.lease];
    for (const { id, once } of marked) {
      keys.push((once as OnceMark).mark);
      args.push(id, (once as OnceMark).hash);
    }
    return (await run(BEGIN, keys, args)) as number[];
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
  if (value !== undefined && name?.toString('latin1') === DATA_FIELD) return hash('sha256', value, 'base64url');
  const parts: Buffer[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const pair = [fields[index] as Buffer, fields[index + 1] as Buffer] as const;
    if (pair[0].toString('latin1') !== HEADERS_FIELD)
      parts.push(Buffer.from(`${pair[0].length} ${pair[1].length} `), ...pair);
  }
  return hash('sha256', Buffer.concat(parts), 'base64url');
}
