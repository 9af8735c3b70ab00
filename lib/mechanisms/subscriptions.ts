import type { RedisConnection } from '../connection/index.js';

/** Gets what is published, with the channel's full name. */
export type ChannelListener = (channel: string, message: Buffer) => void;

/** What Redis is asked for: a channel, or a glob. */
export interface Subject {
  readonly subject: string;
  readonly isGlob: boolean;
}

const keyOf = ({ subject, isGlob }: Subject): string => `${isGlob ? 'glob' : 'channel'} ${subject}`;

/** One subscription per distinct channel or glob of a connection, however many listeners share it. */
export class Subscriptions {
  private static readonly byConnection = new WeakMap<RedisConnection, Subscriptions>();
  private readonly listeners = new Map<string, Set<ChannelListener>>();

  private constructor(private readonly connection: RedisConnection) {
    const client = connection.subscriber();
    client.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      const name = channel.toString();
      this.dispatch(keyOf({ subject: name, isGlob: false }), name, message);
    });
    client.on('pmessageBuffer', (glob: string | Buffer, channel: Buffer, message: Buffer) => {
      this.dispatch(keyOf({ subject: glob.toString(), isGlob: true }), channel.toString(), message);
    });
  }

  static of(connection: RedisConnection): Subscriptions {
    let subscriptions = this.byConnection.get(connection);
    if (subscriptions === undefined) {
      subscriptions = new Subscriptions(connection);
      this.byConnection.set(connection, subscriptions);
    }
    return subscriptions;
  }

  /** Resolves when Redis has confirmed; while it is away the subscription waits for it. */
  async add(subject: Subject, listener: ChannelListener): Promise<void> {
    const key = keyOf(subject);
    const listeners = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, listeners.add(listener));
    const client = this.connection.subscriber();
    // Asking again for what is subscribed already does no harm, and its answer is the confirmation.
    if (subject.isGlob) await client.psubscribe(subject.subject);
    else await client.subscribe(subject.subject);
  }

  async remove(subject: Subject, listener: ChannelListener): Promise<void> {
    const key = keyOf(subject);
    const listeners = this.listeners.get(key);
    listeners?.delete(listener);
    if (listeners === undefined || listeners.size > 0) return;
    this.listeners.delete(key);
    if (!this.connection.state.isUp) return;
    const client = this.connection.subscriber();
    if (subject.isGlob) await client.punsubscribe(subject.subject);
    else await client.unsubscribe(subject.subject);
  }

  private dispatch(key: string, channel: string, message: Buffer): void {
    for (const listener of this.listeners.get(key) ?? []) listener(channel, message);
  }
}
