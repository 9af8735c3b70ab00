import type { Argument, Script } from '../../connection/index.js';
import type { Marked } from '../held/once.js';
import { FINISH } from './once.scripts.js';
import type { QueueDelivery } from './queue-delivery.js';
import type { QueueKeys } from './queue-keys.js';
import type { EndedJobs } from './started-jobs.js';
import { PROGRESS, progressArgs } from './take.scripts.js';

/** Starts that are noted: how many in the order in which they were taken, or which. */
export interface NotedStarts {
  readonly inOrder: number;
  readonly named: readonly QueueDelivery[];
}

/** One script that tells Redis of starts, of ends, or of both. */
export interface ProgressStep {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
  /** What it says of ends only, for when it has to be said again. */
  readonly argsAgain: () => readonly Argument[];
  readonly ended: EndedJobs;
  readonly isStart: boolean;
}

export const NO_STARTS: NotedStarts = { inOrder: 0, named: [] };

export const itemsOf = (deliveries: readonly QueueDelivery[]): Buffer[] => deliveries.map(({ job }) => job.raw);

export const allOf = ({ counted, named }: EndedJobs): readonly QueueDelivery[] =>
  named.length === 0 ? counted : [...counted, ...named];

export function progressStep({ inOrder, named }: NotedStarts, ended: EndedJobs): ProgressStep {
  const [oldest, newest] = [ended.counted[0], ended.counted.at(-1)];
  const ends = oldest && newest && { count: ended.counted.length, oldest: oldest.job.raw, newest: newest.job.raw };
  return {
    script: PROGRESS,
    keys: [],
    args: progressArgs({ inOrder, named: itemsOf(named), counted: ends, acked: itemsOf(ended.named) }),
    argsAgain: () => progressArgs({ acked: itemsOf(allOf(ended)) }),
    ended,
    isStart: inOrder + named.length > 0,
  };
}

/** The acks of jobs that have idempotency keys. `window`: how long is remembered that they are done, in ms. */
export function finishStep(named: readonly Marked<QueueDelivery>[], window: number, keys: QueueKeys): ProgressStep {
  const args = [window, ...named.flatMap(({ id, once, job }) => [id, once.key, once.hash, job.raw])];
  return {
    script: FINISH,
    keys: [...named.map(({ once }) => once.mark), keys.progress],
    args,
    argsAgain: () => args,
    ended: { counted: [], named },
    isStart: false,
  };
}
