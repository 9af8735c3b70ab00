// The process of one consumer. Arguments: the contender, and what is to be noted about handled messages.
import { Redis } from 'ioredis';
import type { Source } from '../consumers/consumer.interface.js';
import { CONTENDERS, type ContenderName } from '../consumers/contenders.js';
import { MEDIA } from '../media/index.js';
import { Arrivals } from './arrivals.js';
import { serve } from './serve.js';
import type { Handled } from './sink.interface.js';
import { Tally } from './tally.js';

const SINKS = { tally: Tally, arrivals: Arrivals };

/** What a consumer's process notes: how long it took, or when each message was handled. */
export type SinkName = keyof typeof SINKS;

const [name, sinkName] = process.argv.slice(2) as [ContenderName, SinkName];
const { medium, consume } = CONTENDERS[name];

serve<Source, Handled>(async (source, isListening) => {
  const sink = new SINKS[sinkName](source.count);
  const redis = new Redis(source.url);
  await redis.ping();
  const consumer = await consume(source, sink.add);
  isListening();
  await Promise.all([consumer.done, sink.complete]);
  // The parent's watchdog ends a wait in vain.
  while ((await MEDIA[medium].left(redis, source.key)) > 0);
  const result = sink.result();
  await Promise.all([consumer.stop(), redis.quit()]);
  return result;
});
