import { describe, expect, it } from 'vitest';
import { LazyAbort } from '../../../lib/delivery/index.js';
import { HeldJobs } from '../../../lib/mechanisms/queue/held-jobs.js';
import { toJob } from '../../../lib/mechanisms/queue/job.js';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('the jobs that a consumer holds', () => {
  it('are held from their beginning to their end', () => {
    const held = new HeldJobs();
    const job = toJob(bytes('a'));
    held.begin(job, new LazyAbort());
    expect(held.has(job)).toBe(true);
    held.end(job);
    expect(held.has(job)).toBe(false);
  });

  it('are compared by their bytes, and two equal items are two jobs', () => {
    const held = new HeldJobs();
    held.begin(toJob(bytes('a')), new LazyAbort());
    held.begin(toJob(bytes('b')), new LazyAbort());
    const items = [bytes('b'), bytes('a'), bytes('a'), bytes('c')];
    expect(held.unknown(items)).toEqual([bytes('a'), bytes('c')]);
    expect(held.unknown([])).toEqual([]);
  });

  it('are told when the lease is gone, and none is held any more', () => {
    const held = new HeldJobs();
    const aborts = [new LazyAbort(), new LazyAbort()];
    const jobs = ['a', 'a'].map((text) => toJob(bytes(text)));
    jobs.forEach((job, index) => held.begin(job, aborts[index] as LazyAbort));
    held.loseAll(new Error('gone'));
    expect(aborts.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(jobs.map((job) => held.has(job))).toEqual([false, false]);
  });
});
