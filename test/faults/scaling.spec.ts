import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { StreamLab } from '../support/faults/stream-lab.js';

const LEASE = 1_000;
const MESSAGES = 600;
const OPTIONS = { lease: LEASE, concurrency: 5, retry: { attempts: 20 } };
/** One living worker, and whoever keeps what is parked. */
const MOST_CONSUMERS = 2;

describe('a service that is scaled from 1 worker to 8 and back, half of them by kill -9', () => {
  it('loses nothing, leaves nothing stuck, and its dead consumers are removed', async () => {
    const lab = new StreamLab();
    await lab.append(...numbers(MESSAGES).map((n) => ({ n, work: 20, ...(n % 20 === 0 ? { fail: 1 } : {}) })));
    const first = lab.child(OPTIONS);
    await first.ready();
    const others = numbers(7).map(() => lab.child(OPTIONS));
    await Promise.all(others.map((child) => child.ready()));
    let appended = MESSAGES;
    const append = (count: number) => lab.append(...numbers(count).map(() => ({ n: appended++, work: 50 })));
    await append(MESSAGES);
    // One that is held up gets nothing while the others are quick: there is work until it is back.
    await eventually(async () => {
      await append(8);
      expect(new Set(lab.ledger.lines.map(({ pid }) => pid)).size).toBe(8);
    });

    await Promise.all(others.map((child, index) => (index % 2 === 0 ? child.kill() : child.terminate())));

    await eventually(() => expect(new Set(lab.ledger.ended()).size).toBe(appended));
    await lab.settled();
    await eventually(async () => expect((await lab.consumers()).length).toBeLessThanOrEqual(MOST_CONSUMERS));
    await lab.append({ n: -1 });
    await lab.ledger.until('end', 1, -1);
    expect(await lab.deadLetters()).toEqual([]);
  });
});

describe('ten workers that start at the same moment on a stream that is not there yet', () => {
  it('make one group, and share its messages', async () => {
    const lab = new StreamLab();

    const workers = await Promise.all(numbers(10).map(() => lab.worker()));
    await lab.append(...numbers(100));

    const runs = () => workers.flatMap(({ finished }) => finished.items);
    await eventually(() => expect(runs()).toHaveLength(100));
    await lab.settled();
    expect(new Set(runs().map(({ id }) => id)).size).toBe(100);
    for (const { log } of workers) expect(log.of('RedisFlowConsumer', 'warn')).toEqual([]);
  });
});
