import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Gate, numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { StreamLab } from '../support/faults/stream-lab.js';
import { OwnServer } from '../support/own-server.js';
import { unique } from '../support/redis.js';

/** A process that is only held up for a while still renews it in time. */
const LEASE = 4_000;

describe('a handler that runs for 4 leases', () => {
  it('keeps its message: no second worker ever gets it', async () => {
    const lab = new StreamLab();
    const spec = { options: { lease: LEASE, concurrency: 4 }, handle: () => sleep(4 * LEASE) };
    const workers = await Promise.all(numbers(2).map(() => lab.worker(spec)));
    const ids = await lab.append(...numbers(8));
    const all = () => workers.flatMap(({ finished }) => finished.items);

    await Promise.all(workers.map(({ finished }) => finished.count(4)));
    await lab.settled();

    expect(
      all()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(ids);
    expect(all().every(({ attempt }) => attempt === 1)).toBe(true);
    for (const { started } of workers) expect(started.items).toHaveLength(4);
  });
});

describe('a worker whose event loop is blocked for longer than its lease', () => {
  it('loses its message to another, is told so by its signal, and changes nothing of it with its late ack', async () => {
    const lab = new StreamLab((await OwnServer.start(['--appendonly', 'no'])).url);
    const block = join(tmpdir(), unique('unblocked'));
    onTestFinished(() => rmSync(block, { force: true }));
    await lab.append({ n: 0, block, untilAborted: true });
    const child = lab.child({ lease: LEASE });
    await lab.ledger.until('start', 1);
    const gate = new Gate();
    const other = await lab.worker({ options: { lease: LEASE }, handle: () => gate.pass() });

    const [taken] = await other.started.count(1);
    expect(taken?.attempt).toBe(2);
    // What comes next is for the first one: the other has no place for more, and no read that waits.
    await eventually(async () => expect(await lab.redis.info('clients')).toMatch('blocked_clients:0'));
    writeFileSync(block, '');
    await lab.ledger.until('aborted', 1);
    await lab.ledger.until('end', 1);
    // It works on, and what it has acknowledged by then has reached Redis.
    await lab.append({ n: 1 });
    await lab.ledger.until('end', 1, 1);
    await child.terminate();

    expect(await lab.pendingRows()).toMatchObject([{ id: taken?.id }]);
    gate.open();
    await lab.settled();
    expect(lab.ledger.attempts(0)).toEqual([1]);
    expect(other.started.items).toHaveLength(1);
    expect(await lab.deadLetters()).toEqual([]);
  });
});
