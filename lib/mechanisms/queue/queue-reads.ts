import { type BlockingClient, replyCode } from '../../connection/index.js';
import type { QueueLists } from './queue-lists.js';
import { TAKE } from './take.scripts.js';

/** The most jobs that one call takes. */
const MOST = 1_000;

/**
 * Takes jobs from the queue: waits for the first one where there was no more, and takes all that there is room for at once
 * where there was.
 */
export class QueueReads {
  private hasMore = false;

  constructor(
    private readonly lists: QueueLists,
    /** Whether Redis forgets jobs when it hands them out. */
    private readonly forgets: boolean,
  ) {}

  /** Whether the last read got all that it asked for. */
  get mayHaveMore(): boolean {
    return this.hasMore;
  }

  /** @returns the items, in the order in which they were taken. */
  async read(count: number, block: number, client: BlockingClient): Promise<Buffer[]> {
    const most = Math.min(count, MOST);
    const items = this.hasMore ? await this.take(most, client) : await this.wait(most, block, client);
    this.hasMore = items.length === most;
    return items;
  }

  /** What has come beside the first one is asked for in the same breath, and answered together with it. */
  private async wait(most: number, block: number, client: BlockingClient): Promise<Buffer[]> {
    const first = client.request(block, (time) => this.waitCommand(time / 1_000));
    const others = most > 1 ? this.take(most - 1, client) : [];
    // Neither may be under way when this fails.
    const [one, more] = await Promise.allSettled([first, others]);
    if (this.forgets) return poppedBy(one, more);
    if (more.status === 'rejected') throw more.reason;
    if (one.status === 'rejected') return this.takeWhenFull(one.reason, more.value, most, client);
    return Buffer.isBuffer(one.value) ? [one.value, ...more.value] : more.value;
  }

  /**
   * With a full memory Redis refuses what waits and moves, and not the script that only moves: that a queue has filled it
   * must not keep us from emptying it.
   */
  private async takeWhenFull(
    refusal: unknown,
    taken: Buffer[],
    most: number,
    client: BlockingClient,
  ): Promise<Buffer[]> {
    const isFull = replyCode(refusal) === 'OOM';
    const items = isFull && taken.length === 0 ? await this.take(most, client) : taken;
    if (!isFull || items.length === 0) throw refusal;
    return items;
  }

  private waitCommand(seconds: number): readonly (string | number)[] {
    const { keys, order, taken } = this.lists;
    const isFifo = order === 'fifo';
    if (this.forgets) return [isFifo ? 'BRPOP' : 'BLPOP', keys.queue, seconds];
    return ['BLMOVE', keys.queue, taken, isFifo ? 'RIGHT' : 'LEFT', 'RIGHT', seconds];
  }

  private async take(most: number, client: BlockingClient): Promise<Buffer[]> {
    const { keys, order, taken } = this.lists;
    if (this.forgets) {
      const pop = order === 'fifo' ? 'RPOP' : 'LPOP';
      return ((await client.request(0, () => [pop, keys.queue, most])) ?? []) as Buffer[];
    }
    const words = (by: 'hash' | 'whole') => () => TAKE.words(by, [keys.queue, taken], [most, order]);
    try {
      return (await client.request(0, words('hash'))) as Buffer[];
    } catch (error) {
      if (replyCode(error) !== 'NOSCRIPT') throw error;
      return (await client.request(0, words('whole'))) as Buffer[];
    }
  }
}

/** What Redis has forgotten is only here: it is handled, also where the other of the two has failed. */
function poppedBy(one: PromiseSettledResult<unknown>, more: PromiseSettledResult<Buffer[]>): Buffer[] {
  const first = one.status === 'fulfilled' && Array.isArray(one.value) ? (one.value as Buffer[]).slice(1) : [];
  const items = more.status === 'fulfilled' ? [...first, ...more.value] : first;
  const failed = [one, more].find((each) => each.status === 'rejected');
  if (items.length === 0 && failed !== undefined) throw failed.reason;
  return items;
}
