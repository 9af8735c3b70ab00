import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { GROUP, StreamLab } from '../support/faults/stream-lab.js';

const LEASE = 30_000;
const FRESH = 1_500;
const STALE = 20;

describe('a pending list that begins with more than 1 000 entries of a living consumer', () => {
  it('is searched to its end: what a dead consumer left behind them is handled, and only that', async () => {
    const lab = new StreamLab();
    await lab.redis.xgroup('CREATE', lab.stream, GROUP, '0', 'MKSTREAM');
    const ids = await lab.append(...numbers(FRESH + STALE));
    const take = (consumer: string, count: number) =>
      lab.redis.xreadgroup('GROUP', GROUP, consumer, 'COUNT', count, 'STREAMS', lab.stream, '>');
    await take('alive', FRESH);
    await take('dead', STALE);
    // Nobody has seen a sign of life of it for two leases.
    await lab.redis.xclaim(lab.stream, GROUP, 'dead', 0, ...ids.slice(FRESH), 'IDLE', 2 * LEASE, 'JUSTID');

    const worker = await lab.worker({ options: { lease: LEASE, concurrency: 4 } });

    await worker.finished.count(STALE);
    expect(worker.data.map(Number).toSorted((a, b) => a - b)).toEqual(numbers(STALE).map((n) => FRESH + n));
    // Nobody had started them.
    expect(worker.attempts.every((attempt) => attempt === 1)).toBe(true);
  });
});
