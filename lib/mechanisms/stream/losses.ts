import { type Request, replyCode } from '../../connection/index.js';
import { FIND_LOSS } from './losses.script.js';
import type { StreamGroup } from './stream.group.js';

/** How often losses are told of at most, in ms. */
const EVERY = 1_000;
/** A read that is sent later than this after the one before may find the group behind, in ms. */
const LATE = 20;

/**
 * Finds what was deleted before the group has read it. Newer servers forget it when the group reads on, so it is looked
 * for right before a read, where the group may be behind: after a full read, and after all that has kept it from reading.
 */
export class Losses {
  /** When a read came back that left nothing behind, by our clock. */
  private readAllAt = -Infinity;
  /** Whether Redis may not know the script. */
  private isNew = true;
  private untold = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly group: StreamGroup,
    /** Told how many since the last time. */
    private readonly tell: (count: number) => void,
  ) {}

  /** A read has come back. Where it was full it may have left something behind. */
  noteRead(isFull: boolean, now: number): void {
    this.readAllAt = isFull ? -Infinity : now;
  }

  /** What goes out in one write with the next read, right before it: what is trimmed in between is not found. */
  takeForRead(now: number): Request[] {
    if (now - this.readAllAt <= LATE) return [];
    const args = this.group.command(FIND_LOSS, [], [], this.isNew ? 'whole' : 'hash');
    return [{ args, done: (error, reply) => this.answered(error, reply) }];
  }

  /** @throws what Redis answered. */
  async look(): Promise<void> {
    this.add(Number(await this.group.run(FIND_LOSS, [], [])));
  }

  /** Tells what there is left to tell. */
  end(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.untold > 0) this.flush();
    clearTimeout(this.timer);
  }

  /** What else is wrong, the read behind it meets, too. */
  private answered(error: unknown, reply: unknown): void {
    this.isNew = error !== undefined && replyCode(error) === 'NOSCRIPT';
    if (error === undefined) this.add(Number(reply));
  }

  private add(count: number): void {
    this.untold += count;
    if (this.untold > 0 && this.timer === undefined) this.flush();
  }

  /** At once when it begins, and together what comes soon after. */
  private readonly flush = (): void => {
    const { untold } = this;
    this.untold = 0;
    this.timer = untold > 0 ? setTimeout(this.flush, EVERY).unref() : undefined;
    if (untold > 0) this.tell(untold);
  };
}
