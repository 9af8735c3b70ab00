import type { RequestContenderName } from '../requests/contenders.js';
import { whileAnswered } from '../requests/while-answered.js';
import type { Workbench } from '../workbench.js';
import type { Measure } from './measure.interface.js';
import { withinFor } from './trickle.js';

/** From asking to the answer, both in one process; another one answers. */
export function requestLatency(bench: Workbench, name: RequestContenderName): Measure {
  const answerer = bench.answerer(name);
  const asker = bench.punctualAsker(name);
  return (key, count) => {
    const source = { url: bench.url, key, count };
    return whileAnswered(bench, answerer, source, () => asker.perform(source, { within: withinFor(count) }));
  };
}
