import { Logger } from '@nestjs/common';
import { type Entry, type RedisConnection, type Subject, toEntries } from '../../connection/index.js';
import { errorText } from '../../errors/index.js';
import type { Report } from '../../events/index.js';
import {
  type Codec,
  type Decoded,
  type Message,
  decodeChannelMessage,
  decodeStreamEntry,
  escapeGlob,
  notificationIdOf,
  parseChannelPattern,
} from '../../message/index.js';
import { subjectOf } from '../channel/subject.js';
import type { ChannelListener } from '../subscription.js';
import { Subscriptions } from '../subscriptions.js';
import { compareIds } from '../stream/overview.js';
import { untilDone } from '../until-done.js';

/** How many entries are read at a time. */
const PAGE = 100;
/** Where an empty stream stands: every entry comes after it. */
const BEGINNING = '0-0';

export interface NotificationFeedRequest {
  readonly connection: RedisConnection;
  readonly codec: Codec;
  readonly report: Report;
  readonly channel: string;
  readonly history: string;
  /** The id of the last notification that is known. @default the newest of now */
  readonly after: string | undefined;
  readonly next: (message: Message) => void;
}

/**
 * The notifications of a channel from a place in their history on, without a hole and without a double.
 *
 * While it is behind it reads the history, and what comes on the channel only says that there is more. It is not behind
 * any more when a page was not full and nothing has come since it was asked for. From then on the channel gives all, as
 * both are written in one script: an id that is not higher was read already. A loss of the connection puts it behind.
 */
export class NotificationFeed {
  private readonly logger = new Logger('RedisFlowConsumer');
  private readonly subscriptions: Subscriptions;
  private readonly subject: Subject;
  private readonly listener: ChannelListener;
  private last: string | undefined;
  private hasCaughtUp = false;
  private isReading = false;
  private hasMore = false;
  private isStopped = false;

  constructor(private readonly request: NotificationFeedRequest) {
    const { connection, report, channel, after } = request;
    this.subscriptions = Subscriptions.of(connection, report);
    this.subject = subjectOf(parseChannelPattern(escapeGlob(channel)), connection.keys, false);
    this.listener = { name: channel, receive: this.onMessage, missed: () => void this.catchUp() };
    this.last = after;
  }

  async start(): Promise<void> {
    // The place of now is found before it is listened: what is published after that comes.
    this.last ??= await this.untilDone(() => this.newest());
    if (this.last === undefined || this.isStopped) return;
    await this.subscriptions.add(this.subject, this.listener);
    await this.catchUp();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.subscriptions.remove(this.subject, this.listener);
  }

  private readonly onMessage = (_: string, bytes: Buffer): void => {
    const id = notificationIdOf(bytes);
    // Published by another way: it has no place in the history.
    if (id === undefined) return;
    // What comes before a new subscription is confirmed comes after a gap.
    if (!this.hasCaughtUp || this.subscriptions.obstacleOf(this.subject) !== undefined) this.hasMore = true;
    else if (compareIds(id, this.last ?? BEGINNING) > 0)
      this.take(id, () => decodeChannelMessage(bytes, this.request.codec));
  };

  private async catchUp(): Promise<void> {
    this.hasCaughtUp = false;
    this.hasMore = true;
    if (this.isReading) return;
    this.isReading = true;
    while (this.hasMore && !this.isStopped) {
      this.hasMore = false;
      const page = await this.untilDone(() => this.read());
      if (page !== undefined) this.takePage(page);
    }
    this.isReading = false;
    this.hasCaughtUp = true;
  }

  /** @param page begins with the last one that is known, if that is still there. */
  private takePage(page: readonly Entry[]): void {
    const { last = BEGINNING } = this;
    this.hasMore ||= page.length > PAGE;
    if (compareIds(page[0]?.id ?? BEGINNING, last) !== 0) this.reportLost(last);
    for (const { id, fields } of page)
      if (compareIds(id, last) > 0) this.take(id, () => decodeStreamEntry(fields, this.request.codec));
  }

  private take(id: string, decode: () => Decoded): void {
    if (this.isStopped) return;
    this.last = id;
    const { channel, connection, next } = this.request;
    const source = { mechanism: 'channel', key: channel, channel } as const;
    let decoded: Decoded;
    try {
      decoded = decode();
    } catch (error) {
      const where = `connection "${connection.name}", channel "${channel}"`;
      return this.logger.error(`${where}: notification ${id} cannot be decoded and is left out: ${errorText(error)}`);
    }
    next({ id, ...decoded, source, timestamp: Number.parseInt(id, 10) });
  }

  private async read(): Promise<Entry[]> {
    const { connection, history } = this.request;
    const client = await connection.command();
    const start = this.last ?? BEGINNING;
    return toEntries(await client.xrangeBuffer(connection.keys.of(history), start, '+', 'COUNT', PAGE + 1));
  }

  private async newest(): Promise<string> {
    const { connection, history } = this.request;
    const client = await connection.command();
    const [entry] = await client.xrevrange(connection.keys.of(history), '+', '-', 'COUNT', 1);
    return entry?.[0] ?? BEGINNING;
  }

  private untilDone<T>(action: () => Promise<T>): Promise<T | undefined> {
    const { history } = this.request;
    return untilDone(`history "${history}": reading`, action, () => this.isStopped, this.logger);
  }

  /** The last one that is known is not there any more, and so nobody knows whether it was the only one. */
  private reportLost(last: string): void {
    if (compareIds(last, BEGINNING) === 0) return;
    const { connection, history, report } = this.request;
    this.logger.warn(
      `history "${history}": it does not reach back to ${last}; what came after that may have been trimmed`,
    );
    report({ type: 'lost', connection: connection.name, key: history, count: undefined, while: 'undelivered' });
  }
}
