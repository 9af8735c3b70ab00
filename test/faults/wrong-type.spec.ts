import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { StreamLab } from '../support/faults/stream-lab.js';
import { OwnServer, commandCount } from '../support/own-server.js';

const WATCHED = 3_000;
/** With pauses that grow there are about 10 tries in that time, each of a few commands. */
const MOST_COMMANDS = 80;

describe('a stream whose key becomes a string', () => {
  it('is met with pauses and one log line, health names key and type, and it comes back by itself', async () => {
    const server = await OwnServer.start(['--appendonly', 'no']);
    const lab = new StreamLab(server.url);
    const worker = await lab.worker();
    await lab.append('before');
    await worker.finished.count(1);
    await lab.settled();

    await lab.redis.set(lab.stream, 'a string');
    await eventually(() => expect(worker.health().status).toBe('down'));
    const before = await commandCount(lab.redis);
    await sleep(WATCHED);

    expect((await commandCount(lab.redis)) - before).toBeLessThan(MOST_COMMANDS);
    const [dead = ''] = worker.health().dead ?? [];
    expect(dead).toContain(lab.stream);
    expect(dead).toMatch(/string/);
    expect(worker.logLines).toHaveLength(1);

    await lab.redis.del(lab.stream);
    await lab.append('after');
    await worker.finished.count(2);
    expect(worker.data).toEqual(['before', 'after']);
    await eventually(() => expect(worker.health().status).toBe('up'));
  });
});
