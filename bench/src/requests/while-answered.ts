import type { Child } from '../child.js';
import type { Source } from '../consumers/consumer.interface.js';
import type { Workbench } from '../workbench.js';
import type { Turn } from '../worker/answer.worker.js';

/** Asks while a service answers. Leaves no key behind. */
export async function whileAnswered<Result>(
  { load }: Workbench,
  answerer: Child<Turn, null>,
  source: Source,
  ask: () => Promise<Result>,
): Promise<Result> {
  await answerer.perform({ ...source, isOn: true });
  const result = await ask();
  await answerer.perform({ ...source, isOn: false });
  await load.clear(source.key);
  return result;
}
