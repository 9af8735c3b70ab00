import { now } from '../clock.js';
import { CONTENDERS, type ContenderName } from '../consumers/contenders.js';
import type { Workbench } from '../workbench.js';
import { SENDERS } from './latency.rows.js';
import type { Measure } from './measure.interface.js';
import { trickle, withinFor } from './trickle.js';

/** @throws when the clock of another process is not this one's. */
function assertSameClock(before: number, theirs: number): void {
  if (theirs < before || theirs > now()) throw new Error('its clock is not that of the sending process');
}

/** From sending in this process to handling in another one. Makes sure that each message was handled, once. */
export function messageLatency(bench: Workbench, name: ContenderName): Measure {
  const { url, load } = bench;
  const { medium, bytes } = CONTENDERS[name];
  const child = bench.arrivals(name);
  return async (key, count) => {
    const publisher = await SENDERS[medium](url, key);
    let sending: Promise<readonly number[]> = Promise.resolve([]);
    const startedAt = now();
    const onListening = async (clock: number): Promise<void> => {
      assertSameClock(startedAt, clock);
      sending = trickle((body) => publisher.send([body]), count, bytes);
      await sending;
    };
    try {
      const { times, duplicates } = await child.perform({ url, key, count }, { onListening, within: withinFor(count) });
      if (duplicates > 0) throw new Error(`${name}: ${duplicates} messages were handled twice`);
      await load.verify(medium, key, count);
      const sent = await sending;
      return times.map((time, index) => time - (sent[index] ?? NaN));
    } finally {
      await publisher.close();
      await load.clear(key);
    }
  };
}
