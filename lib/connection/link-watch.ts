import { type RedisClient, dropLink } from './client-inside.js';

const EVERY = 5_000;
const ANSWER_WITHIN = 5_000;

/**
 * Asks idle-looking connections for a sign of life, and cuts one when none comes: a half-open link would otherwise
 * swallow commands for ever.
 *
 * @param links which connections there are now.
 * @param onSign called when one has answered.
 * @returns what ends the watch.
 */
export function watchLinks(links: () => readonly RedisClient[], onSign: () => void = () => undefined): () => void {
  const askedAt = new WeakMap<RedisClient, number>();
  const ask = (link: RedisClient): void => {
    askedAt.set(link, Date.now());
    const answered = (): void => void askedAt.delete(link);
    link.ping().then(() => {
      answered();
      onSign();
    }, answered);
  };
  const giveUp = (link: RedisClient, since: number): void => {
    if (askedAt.get(link) !== since) return;
    askedAt.delete(link);
    dropLink(link);
  };
  const timer = setInterval(() => {
    for (const link of links()) {
      const since = askedAt.get(link);
      if (link.status !== 'ready') askedAt.delete(link);
      else if (since === undefined) ask(link);
      // A process that was held up has not looked yet at an answer that has come: it does so in this turn.
      else if (Date.now() - since >= ANSWER_WITHIN) setImmediate(giveUp, link, since);
    }
  }, EVERY);
  timer.unref();
  return () => clearInterval(timer);
}
