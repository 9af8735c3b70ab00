import type { Redis } from 'ioredis';
import { type RedisClient, dropLink, nodesOf, oldestUnanswered, showsUnanswered, socketOf } from './client-inside.js';
import { watchLinks } from './link-watch.js';

const EVERY = 1_000;
/** Turns are counted, not time: a process that was held up may not have looked at an answer that has come. */
const SILENT_TURNS = 5;

/** How things stood at the last look, and for how many looks they have stood so. */
interface Seen {
  readonly oldest: unknown;
  readonly bytes: number | undefined;
  readonly turns: number;
}

/**
 * Cuts a connection on which a command has waited for five to six seconds and nothing has come, as it would for ever on
 * a half-open link. An idle connection costs Redis nothing. ioredis' `socketTimeout` is no help: in ioredis 5 it
 * outlives its connection and ends the next one.
 *
 * @returns what ends the watch.
 */
export function watchAnswers(client: RedisClient): () => void {
  if (!showsUnanswered(client)) return watchLinks(() => [client]);
  const seen = new WeakMap<Redis, Seen>();
  const timer = setInterval(() => {
    for (const node of nodesOf(client)) {
      const now = look(node, seen.get(node));
      seen.set(node, now);
      if (now.turns === SILENT_TURNS) dropLink(node);
    }
  }, EVERY);
  timer.unref();
  return () => clearInterval(timer);
}

function look(node: Redis, last: Seen | undefined): Seen {
  const oldest = oldestUnanswered(node);
  const bytes = socketOf(node)?.bytesRead;
  const isSilent = oldest !== undefined && last?.oldest === oldest && last.bytes === bytes;
  return { oldest, bytes, turns: isSilent ? last.turns + 1 : 0 };
}
