import { eventually } from '../../support/eventually.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { MechanismHarness } from '../../support/conformance/harness.js';
import { Gate, Lab, numbers } from '../../support/conformance/lab.js';

export function concurrencyCases(harness: MechanismHarness): void {
  it('handles 2 000 messages at concurrency 50: none is missing, none is double, never more than 50 at once', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ concurrency: 50, handle: () => sleep(2) });

    await lab.publish(numbers(2_000));

    await worker.finished.count(2_000);
    expect([...worker.data].toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers(2_000));
    expect(worker.peak).toBeLessThanOrEqual(50);
    expect(worker.peak).toBeGreaterThan(1);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
  });

  it('runs as many handlers at once as concurrency says, and no more', async () => {
    const lab = await Lab.open(harness);
    const gate = new Gate();
    const worker = await lab.worker({ concurrency: 8, handle: () => gate.pass() });

    await lab.publish(numbers(30));
    await worker.started.count(8);
    // Long enough for a ninth to be started if anything would start it.
    await sleep(100);
    expect(worker.started.items).toHaveLength(8);

    gate.open();
    await worker.finished.count(30);
    expect(worker.peak).toBe(8);
    expect(new Set(worker.data).size).toBe(30);
  });

  it('keeps the order of publishing with one consumer at concurrency 1', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ handle: () => sleep(Math.random() * 3) });

    await lab.publish(numbers(100));
    await lab.publish(numbers(200).slice(100));

    await worker.finished.count(200);
    expect(worker.data).toEqual(numbers(200));
    expect(worker.peak).toBe(1);
  });

  it('goes on when one of its slots is held by a handler that takes long', async () => {
    const lab = await Lab.open(harness);
    const gate = new Gate();
    const worker = await lab.worker({
      concurrency: 2,
      handle: ({ message }) => (message.data === 'long' ? gate.pass() : undefined),
    });

    await lab.publish(['long', ...numbers(20)]);

    await worker.finished.count(20);
    expect(worker.finished.items.map(({ data }) => data)).toEqual(numbers(20));
    gate.open();
    await worker.finished.count(21);
  });
}
