import { expect, it } from 'vitest';
import type { MechanismHarness } from '../../support/conformance/harness.js';
import { Gate, Lab, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';

const sorted = (data: readonly unknown[]): number[] => data.map(Number).toSorted((a, b) => a - b);

function sharedCase(harness: MechanismHarness): void {
  it('shares the messages among its consumers, each message once', async () => {
    const lab = await Lab.open(harness);
    const bothWork = new Gate();
    const handle = () => bothWork.pass();
    const workers = await Promise.all([lab.worker({ handle }), lab.worker({ handle })]);
    const all = () => workers.flatMap((worker) => worker.data);

    await lab.publish(numbers(100));
    await Promise.all(workers.map((worker) => worker.started.count(1)));
    bothWork.open();

    for (const worker of workers) await worker.finished.until(() => all().length >= 100 || worker.running === 0);
    await eventually(() => expect(all()).toHaveLength(100));
    expect(sorted(all())).toEqual(numbers(100));
  });
}

function everyoneCase(harness: MechanismHarness): void {
  it('gives every message to every consumer', async () => {
    const lab = await Lab.open(harness);
    const workers = await Promise.all([lab.worker(), lab.worker(), lab.worker()]);

    await lab.publish(numbers(50));

    await Promise.all(workers.map((worker) => worker.finished.count(50)));
    for (const worker of workers) expect(worker.data).toEqual(numbers(50));
  });
}

function groupCases(harness: MechanismHarness): void {
  it('gives every message to each of two groups, once', async () => {
    const lab = await Lab.open(harness);
    const groups = ['billing', 'shipping'];
    const workers = await Promise.all(groups.map((group) => lab.worker({ group })));

    await lab.publish(numbers(50));

    await Promise.all(workers.map((worker) => worker.finished.count(50)));
    for (const worker of workers) expect(worker.data).toEqual(numbers(50));
  });

  it('lets one group fail without the other seeing anything of it', async () => {
    const lab = await Lab.open(harness);
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: 1 } } as const;
    const failing = await lab.worker({ group: 'failing', retry, handle: () => Promise.reject(new Error('no')) });
    const calm = await lab.worker({ group: 'calm' });

    await lab.publish(['first', 'second']);

    await Promise.all([failing.finished.count(4), calm.finished.count(2)]);
    await eventually(async () => expect(await lab.deadLetters()).toHaveLength(2));
    await lab.publish(['third']);
    await calm.finished.count(3);
    expect(calm.data).toEqual(['first', 'second', 'third']);
    expect(calm.attempts).toEqual([1, 1, 1]);
  });

  it('gives a group that comes later what was published before it', async () => {
    const lab = await Lab.open(harness);
    const early = await lab.worker({ group: 'early' });
    await lab.publish(numbers(10));
    await early.finished.count(10);

    const late = await lab.worker({ group: 'late' });

    await late.finished.count(10);
    expect(late.data).toEqual(numbers(10));
    expect(early.data).toEqual(numbers(10));
  });
}

export function sharingCases(harness: MechanismHarness): void {
  const { shared, groups } = harness.capabilities;
  if (shared) sharedCase(harness);
  else everyoneCase(harness);
  if (groups) groupCases(harness);
}
