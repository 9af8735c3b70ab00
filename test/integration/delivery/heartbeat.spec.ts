import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Lab, numbers } from '../../support/conformance/lab.js';
import { queueHarness } from '../../support/conformance/queue.harness.js';
import { streamHarness } from '../../support/conformance/stream.harness.js';
import { eventually } from '../../support/eventually.js';

/** Two thirds of it are more than a machine holds up a process: then nobody renews it in time, in ms. */
const LEASE = 4_000;

describe.each([streamHarness, queueHarness])('the lease, $kind', (harness) => {
  it('is renewed while a handler runs: after two leases no second consumer has got its message', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ lease: LEASE, handle: () => sleep(2 * LEASE) });
    await lab.publish(['long']);
    await worker.started.count(1);
    const others = await Promise.all([lab.worker({ lease: LEASE }), lab.worker({ lease: LEASE })]);

    await worker.finished.count(1);

    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(worker.attempts).toEqual([1]);
    for (const other of others) expect(other.data).toEqual([]);
  });

  it('is renewed while a shutdown waits for the handler', async () => {
    const lab = await Lab.open(harness);
    const flow = { shutdown: { timeout: 10 * LEASE } };
    const worker = await lab.worker({ lease: LEASE, handle: () => sleep(2 * LEASE), flow });
    await lab.publish(['long']);
    await worker.started.count(1);
    const other = await lab.worker({ lease: LEASE });

    await worker.close();

    expect(worker.finished.items).toHaveLength(1);
    expect(await lab.unsettled()).toBe(0);
    expect(other.data).toEqual([]);
  });

  it('is that of the parked message as well: a retry that waits two leases is nobody else to take before', async () => {
    const lab = await Lab.open(harness);
    const delay = 2 * LEASE;
    const spec = { lease: LEASE, retry: { attempts: 2, backoff: { type: 'fixed', delay } } } as const;
    const failing = await lab.worker({ ...spec, handle: () => Promise.reject(new Error('not yet')) });
    await lab.publish(['x']);
    await failing.finished.count(1);
    const others = await Promise.all(numbers(2).map(() => lab.worker({ ...spec })));
    const all = () => [failing, ...others].flatMap((worker) => worker.started.items);

    await eventually(() => expect(all()).toHaveLength(2), 3 * delay);

    const [first, second] = all().toSorted((a, b) => a.attempt - b.attempt);
    expect(second?.attempt).toBe(2);
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(delay - 2);
  });
});
