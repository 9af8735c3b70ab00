import { eventually } from '../../support/eventually.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { MechanismHarness } from '../../support/conformance/harness.js';
import { Lab, numbers } from '../../support/conformance/lab.js';

const RESTARTS = 5;
const BATCH = 40;

function persistentCases(harness: MechanismHarness): void {
  it('handles later what was published while nobody listened', async () => {
    const lab = await Lab.open(harness);
    await lab.publish(numbers(20));

    const worker = await lab.worker();

    await worker.finished.count(20);
    expect(worker.data).toEqual(numbers(20));
  });

  it('loses nothing over five restarts in the middle of the work, and does nothing twice', async () => {
    const lab = await Lab.open(harness);
    const handled: number[] = [];
    const handle = async ({ message }: { readonly message: { readonly data: unknown } }): Promise<void> => {
      await sleep(1);
      handled.push(Number(message.data));
    };
    for (let round = 0; round < RESTARTS; round += 1) {
      await lab.publish(numbers(BATCH).map((each) => round * BATCH + each));
      const worker = await lab.worker({ concurrency: 4, handle });
      await worker.finished.count(BATCH / 2);
      await worker.close();
    }

    await lab.worker({ handle });

    await eventually(() => expect(handled).toHaveLength(RESTARTS * BATCH));
    expect(handled.toSorted((a, b) => a - b)).toEqual(numbers(RESTARTS * BATCH));
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
  });

  it('keeps a retry that was waiting when its worker closed', async () => {
    const lab = await Lab.open(harness);
    const retry = { attempts: 3, backoff: { type: 'fixed', delay: 400 } } as const;
    const worker = await lab.worker({ retry, lease: 500, handle: () => Promise.reject(new Error('not now')) });
    await lab.publish(['x']);
    await worker.finished.count(1);
    await worker.close();

    const next = await lab.worker({ retry, lease: 500 });

    const [again] = await next.finished.count(1);
    expect(again).toMatchObject({ data: 'x', attempt: 2, id: worker.started.items[0]?.id });
    expect(Number(again?.at) - Number(worker.started.items[0]?.at)).toBeGreaterThanOrEqual(398);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
  });
}

function transientCase(harness: MechanismHarness): void {
  it('does not handle later what was published while nobody listened', async () => {
    const lab = await Lab.open(harness);
    const before = await lab.worker();
    await lab.publish(['before']);
    await before.finished.count(1);
    await before.close();
    await lab.publish(['between']);

    const after = await lab.worker();
    await lab.publish(['after']);

    await after.finished.count(1);
    expect(before.data).toEqual(['before']);
    expect(after.data).toEqual(['after']);
  });
}

export function restartCases(harness: MechanismHarness): void {
  if (harness.capabilities.persistent) persistentCases(harness);
  else transientCase(harness);
}
