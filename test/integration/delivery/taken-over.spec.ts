import { describe, expect, it } from 'vitest';
import { GROUP, Gate, Lab } from '../../support/conformance/lab.js';
import { queueHarness } from '../../support/conformance/queue.harness.js';
import { streamHarness } from '../../support/conformance/stream.harness.js';
import { eventually } from '../../support/eventually.js';

const LEASE = 600;

/** What another consumer does when a lease has run out, done while the first is still at work. */
async function takeOver(lab: Lab, consumer: string): Promise<void> {
  const { redis, target } = lab;
  if (lab.harness.kind === 'queue') {
    await redis.multi().zadd(`${target}:consumers`, 0, consumer).del(`${target}:processing:${consumer}`).exec();
    return;
  }
  const [[id] = []] = (await redis.xpending(target, GROUP, '-', '+', 1)) as [string][];
  await redis.xclaim(target, GROUP, 'another', 0, id ?? '');
}

describe.each([streamHarness, queueHarness])('a message that was taken over, $kind', (harness) => {
  it('fires the signal of the handler that has lost it, and a late failure changes nothing of it', async () => {
    const lab = await Lab.open(harness);
    const gate = new Gate();
    const reasons: unknown[] = [];
    const worker = await lab.worker({
      lease: LEASE,
      retry: { attempts: 1 },
      handle: async ({ signal, attempt }) => {
        if (attempt > 1) return;
        signal.addEventListener('abort', () => reasons.push(signal.reason));
        await gate.pass();
        throw new Error('too late');
      },
    });
    await lab.publish(['x']);
    await worker.started.count(1);

    await takeOver(lab, worker.consumer);
    await eventually(() =>
      expect(reasons).toEqual([
        expect.objectContaining({ message: expect.stringMatching(/taken over|lease .* is lost/) }),
      ]),
    );
    gate.open();
    await worker.finished.count(1);
    // Whatever follows from the failure is with Redis then.
    await worker.close();

    expect(await lab.deadLetters()).toEqual([]);
  });
});

describe('a lease that ran out and that nobody noticed', () => {
  it('leaves its jobs to the consumer that is still at work on them', async () => {
    const lab = await Lab.open(queueHarness);
    const gate = new Gate();
    const worker = await lab.worker({ lease: LEASE, handle: () => gate.pass() });
    await lab.publish(['x']);
    await worker.started.count(1);

    await lab.redis.zadd(`${lab.target}:consumers`, 0, worker.consumer);
    await eventually(async () => {
      expect(Number(await lab.redis.zscore(`${lab.target}:consumers`, worker.consumer))).toBeGreaterThan(0);
    });
    gate.open();

    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(worker.attempts).toEqual([1]);
  });
});
