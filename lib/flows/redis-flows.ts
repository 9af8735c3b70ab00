import type { OnModuleDestroy } from '@nestjs/common';
import { Observable, ReplaySubject, takeUntil } from 'rxjs';
import type { RedisConnection } from '../connection/index.js';
import type { Report } from '../events/index.js';
import { NotificationFeed } from '../mechanisms/index.js';
import type { Codec, Message } from '../message/index.js';
import { assertOptions } from '../options/check.js';
import { NOTIFICATIONS_CHECK } from './flow-checks.js';
import type { NotificationsOptions } from './flow-options.interface.js';

/**
 * What comes from Redis, as observables. Injectable anywhere in the application.
 *
 * Subscribing begins to listen, unsubscribing ends it, and the shutdown of the application completes them all before its
 * HTTP server closes. They do not fail while Redis is away: they go on when it is back.
 */
export class RedisFlows implements OnModuleDestroy {
  private readonly ending = new ReplaySubject<void>(1);

  /** @internal */
  constructor(
    private readonly connection: RedisConnection,
    private readonly codec: Codec,
    private readonly report: Report,
  ) {}

  /**
   * The notifications that `RedisPublisher.notify` sends on a channel: first what the history has after the last one that
   * is known, then what is published, without a hole and without a double, also where the connection is lost in between.
   * Subscribers of the same channel share one subscription of Redis.
   *
   * What the history has trimmed in the meantime cannot be given: that is reported as a `lost` event. Messages of a plain
   * `publish` have no place in the history and are left out. Nothing is kept for a slow subscriber: what it does not take
   * at once is its own to hold.
   *
   * @throws InvalidOptionError.
   * @example
   * ```ts
   * @Sse('notifications')
   * stream(@Headers('last-event-id') after?: string): Observable<MessageEvent> {
   *   const notes$ = this.flows.notifications$<Note>('notifications', { history: 'notifications:history', after });
   *   return notes$.pipe(map(({ id, data }) => ({ id, data })));
   * }
   * ```
   */
  notifications$<T = unknown>(channel: string, options: NotificationsOptions): Observable<Message<T>> {
    assertOptions('RedisFlows.notifications$', NOTIFICATIONS_CHECK, { channel, ...options });
    const { history, after } = options;
    const { connection, codec, report } = this;
    return new Observable<Message<T>>((subscriber) => {
      const next = (message: Message): void => subscriber.next(message as Message<T>);
      const feed = new NotificationFeed({ connection, codec, report, channel, history, after, next });
      void feed.start();
      return () => void feed.stop();
    }).pipe(takeUntil(this.ending));
  }

  /** @internal */
  onModuleDestroy(): void {
    this.ending.next();
  }
}
