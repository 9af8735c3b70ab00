// The process of one contender: it measures each time it is told to, and ends when its parent lets go of it.
import { Redis } from 'ioredis';
import type { Source } from './consumer.interface.js';
import { CONTENDERS, type ContenderName } from './contenders.js';
import { untilSettled } from './settled.js';
import { Tally, type Took } from './tally.js';

/** What the worker tells its parent. */
export type Report =
  | { readonly type: 'listening' }
  | { readonly type: 'measured'; readonly took: Took }
  | { readonly type: 'failed'; readonly why: string };

const { mechanism, concurrency, consume } = CONTENDERS[process.argv[2] as ContenderName];

const tell = (report: Report): void => void process.send?.(report);

async function measure(source: Source): Promise<void> {
  const tally = new Tally(source.count);
  const redis = new Redis(source.url);
  await redis.ping();
  const consumer = await consume(source, concurrency, tally);
  tell({ type: 'listening' });
  await Promise.all([consumer.done, tally.complete]);
  await untilSettled(redis, mechanism, source.key);
  const took = tally.took();
  await Promise.all([consumer.stop(), redis.quit()]);
  tell({ type: 'measured', took });
}

process.on('message', (source: Source) => {
  measure(source).catch((error: unknown) => tell({ type: 'failed', why: String(error) }));
});
