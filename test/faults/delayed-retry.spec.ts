import { describe, expect, it } from 'vitest';
import { PARKED } from '../../lib/mechanisms/stream/lua.js';
import { eventually } from '../support/eventually.js';
import { StreamLab } from '../support/faults/stream-lab.js';
import { OwnServer } from '../support/own-server.js';

const LEASE = 500;
const DELAY = 5_000;
/** For a busy machine: server and worker have to start. */
const LATE = 15_000;

describe('a retry that waits for longer than the lease', () => {
  it('survives a kill -9 of its consumer and of Redis, and comes when it is due and not earlier', async () => {
    const server = await OwnServer.start();
    const lab = new StreamLab(server.url);
    const options = {
      lease: LEASE,
      retry: { attempts: 3, backoff: { type: 'fixed', delay: DELAY } },
    } as const;
    await lab.append({ n: 0, fail: 1 });
    const child = lab.child(options);
    const [failed] = await lab.ledger.until('end', 1);
    const failedAt = Number(failed?.at);
    await eventually(async () => expect(await lab.pendingRows()).toMatchObject([{ consumer: PARKED }]));

    await child.kill();
    await server.kill();
    await server.restart();
    const worker = await lab.worker({ options });

    const [again] = await worker.started.count(1);
    expect(again).toMatchObject({ attempt: 2 });
    expect(Number(again?.at) - failedAt).toBeGreaterThanOrEqual(DELAY);
    expect(Number(again?.at) - failedAt).toBeLessThan(DELAY + LATE);
    await lab.settled();
    expect(worker.attempts).toEqual([2]);
    expect(await lab.deadLetters()).toEqual([]);
  });
});
