import { describe, expect, it } from 'vitest';
import { numbers } from '../../support/conformance/lab.js';
import { OwnServer } from '../../support/own-server.js';
import { QueueLab } from '../../support/queue/queue-lab.js';

describe("jobs that Redis forgets when it hands them out (ack: 'none')", () => {
  it.each(['rpop', 'brpop'])('are handled where one of the two ways to take them is refused: %s', async (command) => {
    const server = await OwnServer.start(['--appendonly', 'no']);
    const lab = new QueueLab(server.url);
    await lab.redis.acl('SETUSER', 'worker', 'on', '>secret', '~*', '&*', '+@all', `-${command}`);
    const { port } = new URL(server.url);
    const connection = { host: '127.0.0.1', port: Number(port), username: 'worker', password: 'secret' };
    await lab.push(...numbers(20));
    const worker = await lab.worker({ options: { ack: 'none', concurrency: 4 }, flow: { connection } });

    await lab.settled();
    await worker.finished.count(20);
    expect(worker.data).toEqual(numbers(20));
  });

  it('are handled at the shutdown, also where their batch is not full', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({ options: { ack: 'none', batch: { size: 10, wait: 60_000 } } });
    await lab.push(...numbers(3));
    await lab.settled();
    await worker.close();
    expect(worker.data).toEqual([numbers(3)]);
  });
});
