import { type RedisClient, dropLink } from './client-inside.js';

const EVERY = 5_000;
const ANSWER_WITHIN = 5_000;

/**
 * Asks an idle-looking connection for a sign of life, and cuts it when none comes: a half-open link would otherwise
 * swallow commands for ever.
 *
 * @returns what ends the watch.
 */
export function watchLink(client: RedisClient): () => void {
  let answered = true;
  let since = 0;
  const timer = setInterval(() => {
    if (client.status !== 'ready') return void (answered = true);
    if (!answered && Date.now() - since >= ANSWER_WITHIN) {
      answered = true;
      return dropLink(client);
    }
    if (!answered) return;
    answered = false;
    since = Date.now();
    const note = (): void => void (answered = true);
    client.ping().then(note, note);
  }, EVERY);
  timer.unref();
  return () => clearInterval(timer);
}
