import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import {
  type RedisConnection,
  type Subject,
  type SubjectKind,
  type Subscriber,
  reconnectDelay,
  replyCode,
} from '../connection/index.js';
import { errorText } from '../errors/index.js';
import type { Report } from '../events/index.js';
import { type ChannelListener, Subscription } from './subscription.js';

/** The most subjects that a line of the log names. */
const MOST_NAMED = 20;

type BySubject = Record<SubjectKind, Map<string, Subscription>>;

/** One subscription per distinct channel or glob of a connection, however many listeners share it. */
export class Subscriptions {
  private static readonly byConnection = new WeakMap<RedisConnection, Subscriptions>();
  private readonly logger = new Logger('RedisFlowConsumer');
  private readonly known: BySubject = { channel: new Map(), glob: new Map(), shard: new Map() };
  private readonly subscriber: Subscriber;
  /** Counts the links: what is under way when one is lost is begun anew with the next. */
  private link = 0;

  private constructor(
    private readonly connection: string,
    subscriberOf: RedisConnection['openSubscriber'],
    private readonly report: Report,
  ) {
    this.subscriber = subscriberOf({
      message: (kind, name, channel, message) => {
        for (const listener of this.known[kind].get(name)?.listeners ?? []) listener.receive(channel, message);
      },
      up: () => void this.confirm(this.all()),
      down: (lastSign) => {
        this.link += 1;
        for (const subscription of this.all()) subscription.lost(lastSign);
      },
    });
  }

  static of(connection: RedisConnection, report: Report): Subscriptions {
    let subscriptions = this.byConnection.get(connection);
    if (subscriptions === undefined) {
      subscriptions = new Subscriptions(connection.name, (events) => connection.openSubscriber(events), report);
      this.byConnection.set(connection, subscriptions);
    }
    return subscriptions;
  }

  /** Resolves when Redis has confirmed; while it is away, or refuses, it is tried until it does. */
  add(subject: Subject, listener: ChannelListener): Promise<void> {
    return this.join(subject, listener).whenConfirmed;
  }

  /** The same, for who has to know of a refusal. It is tried on all the same. */
  join(subject: Subject, listener: ChannelListener): Subscription {
    const known = this.known[subject.kind];
    let subscription = known.get(subject.name);
    if (subscription === undefined) {
      subscription = new Subscription(subject);
      known.set(subject.name, subscription);
      if (this.subscriber.isUp) void this.confirm([subscription]);
    }
    subscription.listeners.add(listener);
    return subscription;
  }

  async remove({ kind, name }: Subject, listener: ChannelListener): Promise<void> {
    const subscription = this.known[kind].get(name);
    subscription?.listeners.delete(listener);
    if (subscription === undefined || subscription.listeners.size > 0) return;
    this.known[kind].delete(name);
    if (this.subscriber.isUp) await this.subscriber.unsubscribe(subscription.subject).catch(() => undefined);
  }

  /** Why what is published now does not come. Undefined: it does. */
  obstacleOf({ kind, name }: Subject): string | undefined {
    const subscription = this.known[kind].get(name);
    return subscription?.isConfirmed === true ? undefined : textOf(subscription?.refusal);
  }

  private all(): Subscription[] {
    return Object.values(this.known).flatMap((subscriptions) => [...subscriptions.values()]);
  }

  private isKnown(subscription: Subscription): boolean {
    const { kind, name } = subscription.subject;
    return this.known[kind].get(name) === subscription;
  }

  private async confirm(subscriptions: readonly Subscription[], attempt = 1): Promise<void> {
    const { link, subscriber } = this;
    const confirmations = await Promise.all(subscriptions.map((subscription) => this.subscribe(subscription)));
    if (link !== this.link) return;
    this.confirmed(subscriptions.filter((_, index) => confirmations[index]));
    const failed = subscriptions.filter((_, index) => !confirmations[index]);
    if (failed.length === 0) return;
    if (attempt === 1) this.logRefused(failed);
    await sleep(reconnectDelay(attempt), undefined, { ref: false });
    const left = failed.filter((subscription) => this.isKnown(subscription));
    if (link === this.link && subscriber.isUp && left.length > 0) await this.confirm(left, attempt + 1);
  }

  /** @returns whether Redis has confirmed it. A lost connection is the connection's to explain. */
  private async subscribe(subscription: Subscription): Promise<boolean> {
    try {
      await this.subscriber.subscribe(subscription.subject);
      return true;
    } catch (error) {
      if (replyCode(error) !== undefined) subscription.refused(error as Error);
      return false;
    }
  }

  private confirmed(subscriptions: readonly Subscription[]): void {
    const missed = subscriptions.map((subscription) => ({ subscription, since: subscription.confirmed() }));
    const gaps = missed.filter(({ subscription, since }) => since !== undefined && this.isKnown(subscription));
    if (gaps.length === 0) return;
    const listeners = gaps.flatMap(({ subscription }) => [...subscription.listeners]);
    const channels = [...new Set(listeners.flatMap(({ name }) => name ?? []))];
    const since = Math.min(...gaps.map((gap) => gap.since ?? Infinity));
    if (channels.length > 0)
      this.report({ type: 'gap', connection: this.connection, channels, since, until: Date.now() });
    for (const listener of listeners) listener.missed?.();
  }

  private logRefused(subscriptions: readonly Subscription[]): void {
    const namesByReason = new Map<string, string[]>();
    for (const { subject, refusal } of subscriptions) {
      if (refusal === undefined) continue;
      const reason = errorText(refusal);
      namesByReason.set(reason, [...(namesByReason.get(reason) ?? []), subject.name]);
    }
    for (const [reason, names] of namesByReason)
      this.logger.warn(`Subscribing to ${listed(names)} failed (${reason}); trying again until it works`);
  }
}

const textOf = (refusal: Error | undefined): string => (refusal === undefined ? 'not subscribed' : errorText(refusal));

/** One line of the log: an application may have thousands of channels. */
function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
