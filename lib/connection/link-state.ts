import { Cluster, type Redis } from 'ioredis';
import { type RedisClient, subscriberLinksOf } from './client-inside.js';

/** How often a Cluster's client is looked at, in ms: it replaces its subscribing connections without a word. */
const EVERY = 250;

export interface LinkListener {
  readonly up: () => void;
  readonly down: () => void;
}

interface Followed {
  look(): void;
  end(): void;
}

/**
 * Tells when the connections that a client subscribes with are there, and when one of them was lost.
 *
 * Ends with `end`. `look` is to be called when a connection may have been made: what it does not know it cannot miss.
 */
export function followLinks(client: RedisClient, listener: LinkListener): Followed {
  return client instanceof Cluster ? followMany(client, listener) : followOne(client, listener);
}

function followOne(client: Redis, { up, down }: LinkListener): Followed {
  let isUp = false;
  const change = (now: boolean) => (): void => {
    if (now === isUp) return;
    isUp = now;
    if (now) up();
    else down();
  };
  const [rise, fall] = [change(true), change(false)];
  client.on('ready', rise).on('close', fall);
  // A client of the user's own may be connected already; whoever asks for it gets it first.
  const timer = setImmediate(() => client.status === 'ready' && rise());
  const end = (): void => {
    clearImmediate(timer);
    client.off('ready', rise).off('close', fall);
  };
  return { end, look: () => undefined };
}

function followMany(client: Cluster, { up, down }: LinkListener): Followed {
  const followed = new WeakSet<Redis>();
  let seen: readonly Redis[] = [];
  let isUp = false;
  const look = (): void => {
    const links = subscriberLinksOf(client) ?? [];
    // A loss must be known before what comes over the next connection.
    for (const link of links) if (!followed.has(link)) followed.add(link.on('close', look));
    if (isUp && seen.some((link) => link.status !== 'ready' || !links.includes(link))) {
      isUp = false;
      down();
    }
    seen = links.filter(({ status }) => status === 'ready');
    if (isUp || client.status !== 'ready' || seen.length < links.length) return;
    isUp = true;
    up();
  };
  const timer = setInterval(look, EVERY);
  timer.unref();
  client.on('ready', look);
  const end = (): void => {
    clearInterval(timer);
    client.off('ready', look);
    isUp = false;
  };
  return { end, look };
}
