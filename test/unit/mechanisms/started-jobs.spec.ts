import { describe, expect, it } from 'vitest';
import type { QueueDelivery } from '../../../lib/mechanisms/queue/queue-delivery.js';
import { StartedJobs } from '../../../lib/mechanisms/queue/started-jobs.js';
import { collectGarbage } from '../../support/heap.js';

type Job = Pick<QueueDelivery, 'ack' | 'isEnding' | 'isLost'>;

const jobs = (count: number): QueueDelivery[] =>
  Array.from({ length: count }, (): Job => ({ ack: 'none', isEnding: false, isLost: false })) as QueueDelivery[];

function end(...done: readonly (QueueDelivery | undefined)[]): QueueDelivery[] {
  const ended = done.filter((job) => job !== undefined);
  for (const job of ended) job.ack = 'waiting';
  return ended;
}

function started(count: number) {
  const all = jobs(count);
  const line = new StartedJobs();
  line.add(all);
  return { all, line };
}

describe('jobs that were started in order', () => {
  it('need only be counted where the oldest of them are done, whichever was done first', () => {
    const { all, line } = started(6);
    const done = end(all[3], all[0], all[2], all[1]);
    expect(line.split(done)).toEqual({ counted: all.slice(0, 4), named: [] });
    expect(done.every(({ ack }) => ack === 'sent')).toBe(true);
  });

  it('are named behind one that still runs, and not counted when that one ends', () => {
    const { all, line } = started(5);
    expect(line.split(end(all[1], all[2], all[3]))).toEqual({ counted: [], named: all.slice(1, 4) });
    const { counted, named } = line.split(end(all[0], all[4]));
    expect([counted, named]).toEqual([[], [all[0], all[4]]]);
  });

  it('are counted past one that has ended in another way or was lost', () => {
    const { all, line } = started(6);
    const [first, settled, lost, ...others] = all;
    if (settled) settled.isEnding = true;
    if (lost) lost.isLost = true;
    expect(line.split(end(first, ...others)).counted).toEqual([first, ...others]);
  });

  it('are named where they are too few to be worth counting', () => {
    const { all, line } = started(2);
    expect(line.split(end(...all))).toEqual({ counted: [], named: all });
  });

  it('are all named from when their order is forgotten', () => {
    const { all, line } = started(4);
    line.forget();
    expect(line.split(end(...all))).toEqual({ counted: [], named: all });
  });
});

describe('jobs that end behind one that runs for long', () => {
  const JOBS = 20_000;

  /** @returns what was started behind one that never ends. */
  function runBehind(line: StartedJobs, isAcknowledged: boolean): WeakRef<QueueDelivery>[] {
    return Array.from({ length: JOBS }, () => {
      const [job] = jobs(1) as [QueueDelivery];
      line.add([job]);
      if (isAcknowledged) line.split(end(job));
      else job.isEnding = true;
      return new WeakRef(job);
    });
  }

  it.each([
    ['acknowledged', true],
    ['settled in another way', false],
  ])('are let go of once they are %s', async (_, isAcknowledged) => {
    const { all, line } = started(1);
    const behind = runBehind(line, isAcknowledged);
    // What a WeakRef was made of lives until the end of its turn.
    await new Promise(setImmediate);
    collectGarbage();

    expect(behind.filter((job) => job.deref() !== undefined).length).toBeLessThan(JOBS / 10);
    expect(line.split(end(...all))).toEqual({ counted: [], named: all });
  });

  it('are counted all the same where they wait for it to end', () => {
    const { all, line } = started(1);
    const behind = jobs(3_000);
    for (const job of behind) line.add([job]);
    const done = end(...behind, ...all);

    expect(line.split(done)).toEqual({ counted: [...all, ...behind], named: [] });
  });
});
