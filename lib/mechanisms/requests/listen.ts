import type { RedisConnection } from '../../connection/index.js';
import type { Report } from '../../events/index.js';
import type { ChannelListener } from '../subscription.js';
import { Subscriptions } from '../subscriptions.js';

/**
 * Subscribes to a channel by its full name. It is the library's own: its gaps are nobody's news.
 *
 * @param report of the connection, for the channels of its users.
 * @returns when Redis has confirmed: how to end it.
 */
export async function listen(
  connection: RedisConnection,
  report: Report,
  name: string,
  onMessage: (message: Buffer) => void,
): Promise<() => Promise<void>> {
  const { subject, listener } = ownChannel(name, onMessage);
  const subscriptions = Subscriptions.of(connection, report);
  await subscriptions.add(subject, listener);
  return () => subscriptions.remove(subject, listener);
}

/**
 * The same, for who listens as long as the connection lives and cannot wait while Redis refuses.
 *
 * @returns what to ask before the channel is relied on. It throws what Redis refuses.
 */
export function listenForGood(
  connection: RedisConnection,
  report: Report,
  name: string,
  onMessage: (message: Buffer) => void,
): () => Promise<void> {
  const { subject, listener } = ownChannel(name, onMessage);
  const subscription = Subscriptions.of(connection, report).join(subject, listener);
  return () => subscription.confirmedOrRefused();
}

function ownChannel(name: string, onMessage: (message: Buffer) => void) {
  const subject = { kind: 'channel', name } as const;
  const listener: ChannelListener = { name: undefined, receive: (_channel, message) => onMessage(message) };
  return { subject, listener };
}
