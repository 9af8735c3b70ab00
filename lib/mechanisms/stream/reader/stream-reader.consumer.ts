import type { BlockingClient } from '../../../connection/index.js';
import type { Source } from '../../../message/index.js';
import type { ResolvedStreamOptions, Settlement } from '../../../options/index.js';
import { LeasedConsumer } from '../../held/leased.consumer.js';
import { OnHold } from '../../held/on-hold.js';
import { placeInOrder } from '../../held/place-in-order.js';
import type { ConsumerRequest } from '../../mechanism.interface.js';
import { DeadLetters } from '../dead-letters.js';
import { Retention } from '../retention.js';
import { ScriptRunner } from '../../held/script-runner.js';
import { streamKeys } from '../stream-keys.js';
import { StreamGroup } from '../stream.group.js';
import { StreamNews } from '../stream.news.js';
import { Progress } from './progress.js';
import { ReaderDelivery, type ReaderHome } from './reader-delivery.js';
import { Standing } from './standing.js';

/** The most entries that wait for their next attempt beside all that a reader holds anyway. */
const MOST_WAITING = 100;

/**
 * Reads a stream without a group: every instance sees every entry. What it has read is nobody's to lose; how far it has
 * finished is kept in its checkpoint, where it has one.
 */
export class StreamReaderConsumer extends LeasedConsumer<ResolvedStreamOptions, ReaderDelivery> implements ReaderHome {
  readonly source: Source;
  private readonly progress = new Progress<ReaderDelivery>();
  private readonly standing: Standing;
  private readonly retention: Retention;
  private readonly deadLetters: DeadLetters;
  private readonly waiting = new OnHold<ReaderDelivery>((delivery) => this.resume(delivery));
  private hasFound = false;
  private unfinished = 0;

  constructor(request: ConsumerRequest<ResolvedStreamOptions>) {
    const { target: key, options, consumer, connection, report } = request;
    super(request, `stream "${key}"`);
    this.source = Object.freeze({ mechanism: 'stream' as const, key, consumer });
    const { from = '$', checkpoint } = options.reader ?? {};
    const log = (text: string): void => this.logger.error(`${this.label}: ${text}`);
    this.standing = new Standing({ connection, stream: key, from, checkpoint, report, log });
    this.retention = new Retention(connection, key, options.retention);
    const news = new StreamNews(request, {
      label: this.label,
      logger: this.logger,
      setDegraded: (reason) => this.setDegraded(reason),
    });
    // Its dead letters are written as a group's are, and there is nothing to acknowledge.
    const group = new StreamGroup(connection, streamKeys(connection.keys, key, ''), '', consumer);
    this.deadLetters = new DeadLetters(new ScriptRunner(group, () => this.isAbandoned, this.logger), news);
  }

  get codec() {
    return this.request.codec;
  }

  async prepare(): Promise<void> {
    if (!this.hasFound) await this.standing.find();
    else await this.look();
    this.hasFound = true;
  }

  async read(count: number, block: number, client: BlockingClient): Promise<readonly ReaderDelivery[]> {
    const key = this.request.connection.keys.of(this.request.target);
    const { lastId } = this.standing;
    const entries = await client.readEntries(block, (time) => {
      return ['XREAD', 'COUNT', count, 'BLOCK', time, 'STREAMS', key, lastId];
    });
    // Reading has begun elsewhere meanwhile.
    if (lastId !== this.standing.lastId) return [];
    const last = entries.at(-1);
    if (last !== undefined) this.standing.advance(last.id, entries.length);
    return entries.map((entry) => {
      const delivery = new ReaderDelivery(this, entry);
      placeInOrder(delivery, this.request.options.orderBy);
      this.progress.add(delivery);
      this.unfinished += 1;
      return delivery;
    });
  }

  noteStarts(items: readonly ReaderDelivery[]): boolean {
    for (const item of items) item.begin();
    return true;
  }

  settle(delivery: ReaderDelivery, settlement: Settlement): Promise<void> | undefined {
    switch (settlement.type) {
      case 'ack':
      case 'drop':
        return this.finish(delivery);
      case 'deadLetter':
        return this.deadLetters.write(delivery, settlement, 'none').then(() => this.finish(delivery));
      case 'release':
        delivery.attempt -= 1;
        return this.tryAgain(delivery, 0, false);
      case 'retry':
        return this.tryAgain(delivery, settlement.delay, settlement.hold === true);
    }
  }

  /** It is nobody else's. */
  protected acknowledgeFirst(): Promise<void> {
    return Promise.resolve();
  }

  /** What has not been started is read again from the checkpoint. */
  protected handBack(): Promise<void> {
    return Promise.resolve();
  }

  protected async tend(): Promise<void> {
    if (!this.hasFound || this.loop.stopping) return;
    await this.look();
    await this.retention.trim();
  }

  protected takeUp(): Promise<void> {
    return Promise.resolve();
  }

  protected flush(timeout: number): Promise<void> {
    return this.standing.whenSaved(timeout);
  }

  /** Every process reads for itself, under no name. */
  protected loseAll(): void {}

  protected abandon(reason: Error): void {
    for (const delivery of this.progress.unfinished) delivery.abort.abort(reason);
    this.waiting.drain();
    this.progress.reset();
  }

  protected leave(): Promise<void> {
    return Promise.resolve();
  }

  private finish(delivery: ReaderDelivery): undefined {
    const before = this.progress.total;
    this.progress.finish(delivery);
    this.unfinished -= this.progress.total - before;
    if (this.progress.total > before && this.progress.id !== undefined)
      this.standing.save(this.progress.id, this.unfinished);
    return undefined;
  }

  /** The entry waits in this process: the checkpoint waits with it. */
  private tryAgain(delivery: ReaderDelivery, delay: number, holds: boolean): undefined {
    delivery.again();
    if (holds) this.dispatcher.hold(delivery, delay);
    else this.later(delay, delivery);
    return undefined;
  }

  private later(delay: number, delivery: ReaderDelivery): void {
    // Nothing starts any more.
    if (this.loop.stopping) return;
    this.waiting.keep(delivery, delay);
    this.takeRoom();
  }

  private resume(delivery: ReaderDelivery): void {
    this.dispatcher.addFirst([delivery]);
    this.takeRoom();
  }

  /** Some that fail keep no others from being read. */
  private takeRoom(): void {
    this.dispatcher.room.keepElsewhere(Math.max(0, this.waiting.size - MOST_WAITING));
  }

  private async look(): Promise<void> {
    if (await this.standing.look()) this.progress.reset();
  }
}
