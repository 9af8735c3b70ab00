import { hash } from 'node:crypto';
import { DATA_FIELD, HEADERS_FIELD } from '../../message/index.js';
import type { Argument, Script } from '../../connection/index.js';
import { BEGUN, type Marked, type OnceHost } from '../held/once.js';
import { BEGIN, DONE } from './once.scripts.js';
import type { StreamDelivery } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';

/** Runs a script for the consumer. Its own keys and arguments come after the stream's, the group's and the consumer's. */
export type RunScript = (script: Script, keys: readonly string[], args: readonly Argument[]) => Promise<unknown>;

/** Where a group keeps which idempotency keys are in progress, and which are done. */
export class StreamOnce implements OnceHost<StreamDelivery, [run: RunScript]> {
  constructor(
    private readonly group: StreamGroup,
    private readonly lease: number,
    /** Another entry may be in progress with its key, for so many ms. */
    private readonly onBusy: (delivery: StreamDelivery, ms: number) => void,
  ) {}

  markOf(key: string): string {
    return this.group.keys.marks + key;
  }

  hashOf(delivery: StreamDelivery): string {
    return hashOf(delivery.entry.fields);
  }

  /**
   * What is read for the first time, and known by its own id, can be in progress nowhere else, so it is enough to see that
   * it was not done: by an earlier group of that name.
   */
  async begin(marked: readonly Marked<StreamDelivery>[], run: RunScript): Promise<number[]> {
    if (!marked.every(isFirst)) return this.sortOut(marked, run);
    const marks = marked.map(({ once }) => once.mark);
    const done = (await run(DONE, marks, [])) as (Buffer | null)[];
    return done.some((mark) => mark !== null) ? this.sortOut(marked, run) : marked.map(() => BEGUN.run);
  }

  private async sortOut(marked: readonly Marked<StreamDelivery>[], run: RunScript): Promise<number[]> {
    const keys: string[] = [this.group.keys.progress];
    const args: Argument[] = [this.lease];
    for (const { id, once } of marked) {
      keys.push(once.mark);
      args.push(id, once.hash);
    }
    const states = (await run(BEGIN, keys, args)) as number[];
    return states.map((state, index) => {
      if (state >= 0) return state;
      this.onBusy(marked[index] as StreamDelivery, -state);
      return BEGUN.busy;
    });
  }
}

const isFirst = ({ id, isFresh, once }: Marked<StreamDelivery>): boolean => isFresh && once.key === id;

/** Of names and values. */
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
