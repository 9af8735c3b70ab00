// The process of one publisher. Argument: the contender.
import type { Source } from '../consumers/consumer.interface.js';
import { FIRST, bodiesFrom } from '../message.js';
import { PUBLISH_CONTENDERS, type PublishContenderName } from '../publishers/contenders.js';
import { serve } from './serve.js';
import { Stopwatch, type Took } from './stopwatch.js';

/** How many messages are sent at once. */
const AT_ONCE = 100;

const { open, bytes } = PUBLISH_CONTENDERS[process.argv[2] as PublishContenderName];

serve<Source, Took>(async ({ url, key, count }, isListening) => {
  const publisher = await open(url, key);
  isListening();
  const stopwatch = new Stopwatch();
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    await publisher.send(bodiesFrom(FIRST + sent, Math.min(AT_ONCE, count - sent), bytes));
  }
  const took = stopwatch.took();
  await publisher.close();
  return took;
});
