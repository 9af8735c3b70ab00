import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { QueueLab } from '../../support/queue/queue-lab.js';

const QUICK = 1_000;
/** Longer than a machine holds up a process, as the slow worker is to keep its jobs, in ms. */
const LEASE = 6_000;

const byNumber = (one: unknown, other: unknown): number => Number(one) - Number(other);

describe('jobs that were taken ahead by a worker whose handler then takes long', () => {
  it('are handed back at a heartbeat, with no attempt charged, for others to handle', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    const jobs = numbers(QUICK + 200);
    await lab.push(...jobs);
    const slow = await lab.worker({
      options: { lease: LEASE },
      handle: ({ message }) => (message.data === jobs[QUICK] ? gate.pass() : undefined),
    });
    await slow.started.count(QUICK + 1);
    const other = await lab.worker({ options: { lease: LEASE } });

    await other.finished.count(199);
    expect(other.data.toSorted(byNumber)).toEqual(jobs.slice(QUICK + 1));
    expect(new Set(other.attempts)).toEqual(new Set([1]));
    gate.open();
    await lab.settled();
    expect(slow.data).toEqual(jobs.slice(0, QUICK + 1));
  });
});
