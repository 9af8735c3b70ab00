import { eventually } from '../../support/eventually.js';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { MechanismHarness } from '../../support/conformance/harness.js';
import { Gate, Lab, type Worker, numbers } from '../../support/conformance/lab.js';

/** Less than a read waits in Redis, and more than a busy machine takes, in ms. */
const PROMPT = 4_000;

async function timeToClose(worker: Worker): Promise<number> {
  const since = Date.now();
  await worker.close();
  return Date.now() - since;
}

const gone = async (lab: Lab, worker: Worker): Promise<void> => {
  await eventually(async () => expect(await lab.connectionsOf(worker)).toEqual([]));
};

function promptnessCases(harness: MechanismHarness): void {
  it('closes promptly while it waits for messages, and leaves no connection behind', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker();
    await lab.publish(['x']);
    await worker.finished.count(1);
    const waits = /cmd=(blmove|xreadgroup|subscribe)/;
    await eventually(async () => expect((await lab.connectionsOf(worker)).join('\n')).toMatch(waits));

    expect(await timeToClose(worker)).toBeLessThan(PROMPT);

    await gone(lab, worker);
  });

  it('closes promptly at any moment after its start', async () => {
    const lab = await Lab.open(harness);
    for (const pause of [0, 0, 1, 2, 4, 8, 16]) {
      const worker = await lab.worker();
      if (pause > 0) await sleep(pause);
      expect(await timeToClose(worker)).toBeLessThan(PROMPT);
      await gone(lab, worker);
    }
  });

  it('takes ten closes at the same time, and one more later', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ concurrency: 4, handle: () => sleep(20) });
    await lab.publish(numbers(4));
    await worker.started.count(4);

    await Promise.all(numbers(10).map(() => worker.close()));
    await worker.close();

    expect(worker.finished.items).toHaveLength(4);
    await gone(lab, worker);
  });
}

function unfinishedCase(harness: MechanismHarness): void {
  it('leaves what was not done at shutdown.timeout to the next worker, as its next attempt', async () => {
    const lab = await Lab.open(harness);
    const lease = 1_000;
    const worker = await lab.worker({
      lease,
      flow: { shutdown: { timeout: 50 } },
      handle: () => new Promise<never>(() => undefined),
    });
    await lab.publish(['hangs']);
    await worker.started.count(1);
    await worker.close();
    expect(await lab.unsettled()).toBe(1);

    const next = await lab.worker({ lease });

    await next.finished.count(1);
    expect(next.started.items[0]).toMatchObject({ data: 'hangs', attempt: 2, id: worker.started.items[0]?.id });
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
  });
}

function drainCases(harness: MechanismHarness): void {
  const { persistent } = harness.capabilities;

  it('waits for the handlers that run, and for their settlement', async () => {
    const lab = await Lab.open(harness);
    const gate = new Gate();
    const worker = await lab.worker({ concurrency: 3, handle: () => gate.pass() });
    await lab.publish(numbers(3));
    await worker.started.count(3);

    let isClosed = false;
    const closing = worker.close().then(() => (isClosed = true));
    await sleep(100);
    expect(isClosed).toBe(false);
    gate.open();
    await closing;

    expect(worker.finished.items).toHaveLength(3);
    expect(await lab.unsettled()).toBe(0);
    await gone(lab, worker);
  });

  it('starts nothing that is published after it has begun to close', async () => {
    const lab = await Lab.open(harness);
    const gate = new Gate();
    const worker = await lab.worker({ concurrency: 2, handle: () => gate.pass() });
    await lab.publish(['early']);
    await worker.started.count(1);

    const closing = worker.close();
    await sleep(50);
    await lab.publish(['late', 'later']);
    await sleep(50);
    gate.open();
    await closing;

    expect(worker.data).toEqual(['early']);
    if (!persistent) return;
    const next = await lab.worker();
    await next.finished.count(2);
    expect(next.data).toEqual(['late', 'later']);
    expect(next.attempts).toEqual([1, 1]);
  });

  it('does not wait longer than shutdown.timeout, and fires the signal of what still runs', async () => {
    const lab = await Lab.open(harness);
    const stopped = vi.fn<() => void>();
    const worker = await lab.worker({
      flow: { shutdown: { timeout: 200 } },
      handle: async ({ signal }) => {
        await once(signal, 'abort');
        stopped();
        return new Promise<never>(() => undefined);
      },
    });
    await lab.publish(['hangs']);
    await worker.started.count(1);

    const took = await timeToClose(worker);

    expect(took).toBeGreaterThanOrEqual(198);
    expect(took).toBeLessThan(200 + PROMPT);
    expect(stopped).toHaveBeenCalledOnce();
    await gone(lab, worker);
  });
}

export function closingCases(harness: MechanismHarness): void {
  promptnessCases(harness);
  drainCases(harness);
  if (harness.capabilities.redelivery) unfinishedCase(harness);
}
