import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LeaseClock } from '../../../lib/mechanisms/held/lease-clock.js';
import { Pace } from '../../../lib/mechanisms/held/pace.js';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { StreamLab } from './lab.js';

/** A handler that is done at once with all but the message `'wait'`, which it waits with at the gate. */
const fastUntil =
  (gate: Gate) =>
  ({ message }: { message: { data: unknown } }): unknown =>
    message.data === 'wait' ? gate.pass() : undefined;

/** A clock by which a handler is as fast as it is on a machine that does nothing else: it counts how often it is looked at. */
function clockOfItsOwn(): void {
  let ms = 0;
  vi.spyOn(LeaseClock.prototype, 'now').mockImplementation(() => (ms += 0.1));
  onTestFinished(() => void vi.restoreAllMocks());
}

describe('reading ahead', () => {
  it('a fast handler has entries at hand that its place will get next', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    clockOfItsOwn();
    const worker = await lab.worker({}, fastUntil(gate));
    await lab.append(...numbers(2_000), 'wait', ...numbers(200));
    await worker.started.until((items) => items.at(-1)?.data === 'wait');

    // Acknowledgements may be on their way.
    const held = await eventually(async () => {
      const rows = await lab.pending();
      expect(rows.length).toBeGreaterThan(1);
      expect(rows.length).toBeLessThanOrEqual(301);
      return rows;
    });
    expect(held.every(({ consumer }) => consumer === worker.consumer)).toBe(true);
    gate.open();
    await worker.finished.count(2_201);
    await lab.settled();
  });

  it('a slow handler holds no more than it runs', async () => {
    const lab = StreamLab.open();
    const most: number[] = [];
    const worker = await lab.worker({ concurrency: 2 }, async () => {
      // A timer alone may be late with others, and handlers that end together look fast.
      for (const since = performance.now(); performance.now() - since < 60;) await sleep(10);
      most.push((await lab.pending()).length);
    });
    await lab.append(...numbers(8));
    await worker.finished.count(8);

    expect(Math.max(...most)).toBeLessThanOrEqual(2);
  });

  it('what one has not read is there for a second consumer', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const busy = await lab.worker({}, () => gate.pass());
    await lab.append(...numbers(10));
    await busy.started.count(1);

    const idle = await lab.worker();
    await idle.finished.count(9);

    expect(busy.data).toEqual([0]);
    expect(idle.data).toEqual(numbers(10).slice(1));
    gate.open();
  });

  it('goes back at shutdown without a charge', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    clockOfItsOwn();
    const worker = await lab.worker({}, fastUntil(gate));
    await lab.append(...numbers(2_000), 'wait', ...numbers(200));
    await worker.started.until((items) => items.at(-1)?.data === 'wait');
    await eventually(async () => expect((await lab.pending()).length).toBeGreaterThan(1));

    const closed = worker.close();
    gate.open();
    await closed;

    const rows = await lab.pending();
    expect(rows.every(({ consumer }) => consumer === '$parked')).toBe(true);
    expect(rows.every(({ deliveries }) => deliveries === 1)).toBe(true);
    const next = await lab.worker();
    await next.finished.count(200);
    expect(next.data).toEqual(numbers(200));
    expect(next.attempts.every((attempt) => attempt === 1)).toBe(true);
  });

  it('goes back without a charge also where its start had been noted together with those of others', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    // As it is where more messages per ms go through than this machine may manage.
    vi.spyOn(Pace.prototype, 'group').mockReturnValue(5);
    vi.spyOn(Pace.prototype, 'ahead').mockReturnValue(10);
    onTestFinished(() => void vi.restoreAllMocks());
    await lab.append(...numbers(8));
    const worker = await lab.worker({}, () => gate.pass());
    await worker.started.count(1);

    const closed = worker.close();
    gate.open();
    await closed;

    expect((await lab.pending()).map(({ deliveries }) => deliveries)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    const next = await lab.worker();
    await next.finished.count(7);
    expect(next.attempts).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(next.data).toEqual(numbers(8).slice(1));
  });
});
