import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { QueueLab } from '../../support/queue/queue-lab.js';
import { unique } from '../../support/redis.js';

const JOBS = Array.from({ length: 12 }, (_, n) => `job ${n}`);

/** A worker whose handlers have all started, and wait: each for its own gate. */
async function allStarted(lab: QueueLab, consumer = unique('me')) {
  const gates = new Map<unknown, Gate>(JOBS.map((job) => [job, new Gate()]));
  const handle = ({ message }: { readonly message: { readonly data: unknown } }) => gates.get(message.data)?.pass();
  const worker = await lab.worker({ options: { concurrency: JOBS.length }, flow: { consumer }, handle });
  await lab.push(...JOBS);
  await worker.started.count(JOBS.length);
  const processing = `${lab.queue}:processing:${consumer}`;
  // That the last of them has started is on its way there.
  await eventually(async () => expect(await lab.redis.llen(processing)).toBe(JOBS.length));
  const end = (...jobs: readonly string[]): void => jobs.forEach((job) => gates.get(job)?.open());
  return { worker, end, processing };
}

const held = async (lab: QueueLab): Promise<string[]> =>
  (await lab.held('processing')).map(({ payload }) => String(JSON.parse(payload.toString())));

describe('jobs that end together', () => {
  it('are acknowledged, and only they, whichever started first', async () => {
    const lab = new QueueLab();
    const { worker, end } = await allStarted(lab);
    const [first = '', second = '', ...others] = JOBS;
    const last = others.pop() ?? '';

    end(last, ...others.toReversed(), first);
    await worker.finished.count(JOBS.length - 1);
    await eventually(async () => expect(await held(lab)).toEqual([second]));

    end(second);
    await lab.settled();
    expect(worker.events.items.filter(({ type }) => type === 'leaseLost')).toEqual([]);
  });

  it('are acknowledged without the one that another has taken, which is told of', async () => {
    const lab = new QueueLab();
    const { worker, end, processing } = await allStarted(lab);
    await lab.redis.lrem(processing, 0, JSON.stringify(JOBS[5]));

    end(...JOBS);
    await worker.event('leaseLost');
    await lab.settled();
    expect(await worker.event('leaseLost')).toHaveLength(1);
  });

  it('leave alone what lies between them and is none of theirs', async () => {
    const lab = new QueueLab();
    const { end, processing } = await allStarted(lab);
    await lab.redis.linsert(processing, 'BEFORE', JSON.stringify(JOBS[5]), '"a stranger"');

    end(...JOBS);
    await eventually(async () => expect(await held(lab)).toEqual(['a stranger']));
  });
});
