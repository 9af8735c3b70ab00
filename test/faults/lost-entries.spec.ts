import { setTimeout as sleep } from 'node:timers/promises';
import type { LostEvent } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { GROUP, StreamLab } from '../support/faults/stream-lab.js';
import type { LabWorker } from '../support/lab-worker.js';

const LEASE = 400;

const lostOf = ({ events }: LabWorker): LostEvent[] => events.items.filter((event) => event.type === 'lost');
const countOf = (events: readonly LostEvent[]): number => events.reduce((sum, { count = 0 }) => sum + count, 0);

describe('entries that are trimmed before they were delivered', () => {
  it('are reported as lost with their number, when nobody was reading', async () => {
    const lab = new StreamLab();
    const before = await lab.worker();
    await lab.append(...numbers(10));
    await before.finished.count(10);
    await before.close();
    await lab.append(...numbers(50).map((n) => n + 10));
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 20);

    const workers = await Promise.all(numbers(2).map(() => lab.worker()));
    const handled = () => workers.flatMap(({ data }) => data.map(Number));
    await eventually(() => expect(handled()).toHaveLength(20));

    await eventually(() => expect(countOf(workers.flatMap(lostOf))).toBe(30));
    for (const event of workers.flatMap(lostOf)) {
      expect(event).toMatchObject({ key: lab.stream, group: GROUP, while: 'undelivered' });
    }
    expect(handled().toSorted((a, b) => a - b)).toEqual(numbers(20).map((n) => n + 40));
  });

  it('are reported as lost with their number, when the reader was too slow', async () => {
    const lab = new StreamLab();
    const gate = new Gate();
    const worker = await lab.worker({ options: { lease: LEASE }, handle: () => gate.pass() });
    await lab.append(...numbers(50));
    await worker.started.count(1);

    await lab.redis.xtrim(lab.stream, 'MAXLEN', 10);
    gate.open();

    await worker.finished.until((runs) => runs.some(({ data }) => data === 49));
    // What had been read already was handled, though it was trimmed.
    await eventually(() => expect(worker.data.length + countOf(lostOf(worker))).toBe(50));
    expect(countOf(lostOf(worker))).toBeGreaterThan(0);
    expect(worker.data).not.toContain(null);
    expect(worker.data.slice(-10)).toEqual(numbers(10).map((n) => n + 40));
  });

  it.each([1, 3])(
    'are all reported as lost while a publisher keeps overrunning the group, %i workers',
    async (many) => {
      const lab = new StreamLab();
      let gate = new Gate();
      const handle = (): Promise<void> => gate.pass().then(() => sleep(2));
      // Heartbeats are too rare to see it.
      const spec = { options: { lease: 6_000 }, handle };
      const workers = await Promise.all(numbers(many).map(() => lab.worker(spec)));
      const handled = (): unknown[] => workers.flatMap(({ data }) => data);
      const lost = (): LostEvent[] => workers.flatMap(lostOf);
      let published = 0;
      const publish = async (count: number): Promise<void> => {
        const publishing = numbers(count).map(() => {
          return lab.redis.xadd(lab.stream, 'MAXLEN', '=', 50, '*', '$data', String(published++));
        });
        await Promise.all(publishing);
      };
      /** So much that most of it is lost, while no handler ends. */
      const overrun = async (): Promise<void> => {
        gate = new Gate();
        await publish(300);
        gate.open();
      };

      gate.open();
      await overrun();
      await eventually(() => expect(lost().length).toBeGreaterThan(0));
      for (let burst = 0; burst < 100; burst += 1) {
        await publish(20);
        await sleep(5);
      }
      await overrun();
      await eventually(() => expect(handled()).toContain(published - 1));
      await lab.settled();

      await eventually(() => expect(handled().length + countOf(lost())).toBe(published));
      expect(lost().length).toBeGreaterThan(1);
      expect(new Set(handled()).size).toBe(handled().length);
    },
  );
});

describe('entries that are trimmed while they are pending', () => {
  it('are reported as lost with their ids, leave the pending list, and never reach a handler', async () => {
    const lab = new StreamLab();
    await lab.redis.xgroup('CREATE', lab.stream, GROUP, '0', 'MKSTREAM');
    const ids = await lab.append(0, 1, 2, 3);
    await lab.redis.xreadgroup('GROUP', GROUP, 'gone', 'COUNT', 3, 'STREAMS', lab.stream, '>');
    await lab.redis.xtrim(lab.stream, 'MAXLEN', 2);

    const worker = await lab.worker({ options: { lease: LEASE } });

    await worker.finished.count(2);
    await lab.settled();
    expect(new Set(worker.data)).toEqual(new Set([2, 3]));
    await eventually(() => expect(lostOf(worker).flatMap((event) => event.ids ?? [])).toEqual(ids.slice(0, 2)));
    expect(lostOf(worker).every((event) => event.while === 'pending')).toBe(true);
    expect(countOf(lostOf(worker))).toBe(2);
  });
});
