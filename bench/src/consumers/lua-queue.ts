import { Redis } from 'ioredis';
import { processingOf } from '../keys.js';
import type { Body } from '../message.js';
import type { Consume, Consumer, Source } from './consumer.interface.js';

const MOST = 100;

/**
 * Acknowledges the jobs that were claimed first, and claims the next.
 * KEYS: queue, processing list (oldest first) · ARGV: how many to acknowledge, how many to claim.
 */
const ACK_AND_CLAIM = `
if ARGV[1] ~= '0' then redis.call('LTRIM', KEYS[2], ARGV[1], -1) end
local jobs = redis.call('RPOP', KEYS[1], ARGV[2])
if not jobs then return {} end
redis.call('RPUSH', KEYS[2], unpack(jobs))
return jobs`;

/** What becomes of the jobs of one claim. They are acknowledged when it is over. */
type HandleJobs = (jobs: readonly string[]) => Promise<unknown> | void;

/**
 * Claims 100 jobs in one script, into a processing list that a restarted process would find, and acknowledges the jobs
 * before them in the same call. With a backlog the next claim is under way while jobs are handled; without one it
 * acknowledges at once, and BLMOVE waits.
 */
export async function luaLoop({ url, key, count }: Source, handleJobs: HandleJobs): Promise<Consumer> {
  const redis = new Redis(url);
  const processing = processingOf(key);
  const sha = String(await redis.script('LOAD', ACK_AND_CLAIM));
  // Nothing may come before the command: it is on its way when jobs are handled.
  const call = (acked: number, most: number): Promise<string[]> =>
    redis.evalsha(sha, 2, key, processing, acked, most) as Promise<string[]>;

  async function next(acked: number): Promise<string[]> {
    const jobs = await call(acked, MOST);
    if (jobs.length > 0) return jobs;
    const job = await redis.blmove(key, processing, 'RIGHT', 'RIGHT', 5);
    return job === null ? [] : [job];
  }

  async function work(): Promise<void> {
    let handled = 0;
    let claimed = next(0);
    for (let taken = 0; taken < count;) {
      const jobs = await claimed;
      taken += jobs.length;
      const readsAhead = jobs.length === MOST && taken < count;
      if (readsAhead) {
        claimed = next(handled);
        handled = 0;
      }
      const handling = handleJobs(jobs);
      if (handling !== undefined) await handling;
      handled += jobs.length;
      if (!readsAhead && taken < count) {
        claimed = next(handled);
        handled = 0;
      }
    }
    if (handled > 0) await redis.ltrim(processing, handled, -1);
  }

  return { done: work(), stop: async () => void (await redis.quit()) };
}

/** The loop by itself. */
export const luaQueue: Consume = (source, handle) =>
  luaLoop(source, (jobs) => {
    for (const job of jobs) handle((JSON.parse(job) as Body).n);
  });
