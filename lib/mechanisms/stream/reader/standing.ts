import type { Report } from '../../../events/index.js';
import type { RedisConnection } from '../../../connection/index.js';
import { replyCode } from '../../../connection/index.js';
import { type Checkpoint, Checkpoints } from '../checkpoints.js';
import { compareIds, toRecord } from '../overview.js';
import { within } from '../../within.js';

/** What a reader wants to know of its stream. */
interface StreamFacts {
  readonly added: number;
  readonly length: number;
  readonly lastId: string;
  readonly firstId: string;
}

const EMPTY: StreamFacts = { added: 0, length: 0, lastId: '0-0', firstId: '0-0' };

/** What a standing belongs to. */
export interface StandingParts {
  readonly connection: RedisConnection;
  readonly stream: string;
  readonly from: string;
  readonly checkpoint: string | undefined;
  readonly report: Report;
  readonly log: (text: string) => void;
}

/** Where a reader stands in its stream: where it begins, how far it has come, and what it has missed. */
export class Standing {
  /** The last entry that was read. */
  lastId = '0-0';
  /** How many entries lie up to there, over all the stream's life; undefined where Redis cannot tell. */
  private position: number | undefined;
  private readonly checkpoints: Checkpoints;
  private saving: Promise<void> | undefined;
  private wanted: Checkpoint | undefined;

  constructor(private readonly parts: StandingParts) {
    this.checkpoints = new Checkpoints(parts.connection, parts.stream);
  }

  /** Finds out where to begin: after the checkpoint, where there is one. */
  async find(): Promise<void> {
    const { checkpoint, from } = this.parts;
    const facts = await this.facts();
    const saved = checkpoint === undefined ? undefined : await this.checkpoints.read(checkpoint);
    if (saved !== undefined) {
      this.lastId = saved.id;
      this.position = saved.position;
      return this.lookForLoss(facts);
    }
    this.lastId = from === '$' ? facts.lastId : from === '0' ? '0-0' : from;
    if (from === '$') this.position = facts.added;
    else if (from === '0') this.position = facts.added - facts.length;
  }

  /** So many entries were read, up to this one. */
  advance(id: string, count: number): void {
    this.lastId = id;
    if (this.position !== undefined) this.position += count;
  }

  /** Looks whether the stream has lost entries before they were read. @returns whether it has begun anew. */
  async look(): Promise<boolean> {
    // What is read meanwhile may be younger than what is told here.
    const { lastId } = this;
    const facts = await this.facts();
    if (compareIds(facts.lastId, lastId) < 0) {
      // Deleted and made again, or not there at all.
      this.lastId = '0-0';
      this.position = facts.added - facts.length;
      return true;
    }
    this.lookForLoss(facts);
    return false;
  }

  /** Keeps the checkpoint up to which all is finished. One write at a time: the last wish counts. */
  save(id: string, unfinished: number): void {
    if (this.parts.checkpoint === undefined) return;
    this.wanted = { id, position: this.position === undefined ? undefined : this.position - unfinished };
    this.saving ??= this.saveWanted(this.parts.checkpoint).finally(() => (this.saving = undefined));
  }

  /** Resolves when the checkpoint is with Redis, or after `timeout` ms. */
  async whenSaved(timeout: number): Promise<void> {
    await within(this.saving ?? Promise.resolve(), timeout);
  }

  private async saveWanted(name: string): Promise<void> {
    // What ends in this tick is one step.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.wanted !== undefined) {
      const { wanted } = this;
      this.wanted = undefined;
      // Where it cannot be written, the next one says the same and more.
      await this.checkpoints.advance(name, wanted).catch(() => undefined);
    }
  }

  private lookForLoss({ added, length, firstId }: StreamFacts): void {
    if (length === 0 || compareIds(firstId, this.lastId) <= 0) return;
    const deleted = added - length;
    const count = this.position === undefined ? undefined : deleted - this.position;
    if (count !== undefined && count <= 0) return;
    // Without a position it can only be said that what came after the checkpoint may be gone, and only once.
    if (count === undefined && this.lastId === '0-0') return;
    this.position = deleted;
    this.lastId = before(firstId);
    this.parts.log(
      `entries were trimmed or deleted before they were read${count === undefined ? '' : `: ${count} lost`}`,
    );
    const { connection, stream, report } = this.parts;
    report({ type: 'lost', connection: connection.name, key: stream, count, while: 'undelivered' });
  }

  private async facts(): Promise<StreamFacts> {
    const client = await this.parts.connection.command();
    try {
      const reply = await client.call('XINFO', 'STREAM', this.parts.connection.keys.of(this.parts.stream));
      const facts = toRecord(reply);
      return {
        added: Number(facts['entries-added']),
        length: Number(facts['length']),
        lastId: String(facts['last-generated-id']),
        firstId: String(facts['recorded-first-entry-id']),
      };
    } catch (error) {
      if (replyCode(error) === 'ERR') return EMPTY;
      throw error;
    }
  }
}

/** The highest id below this one. */
function before(id: string): string {
  const [time = '0', number = '0'] = id.split('-');
  if (number !== '0') return `${time}-${BigInt(number) - 1n}`;
  return `${BigInt(time) - 1n}-18446744073709551615`;
}
