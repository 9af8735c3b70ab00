import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { QueueLab } from '../support/queue/queue-lab.js';
import { TcpProxy } from '../support/tcp-proxy.js';

describe('a job on hold whose consumer vanishes', () => {
  const inOneLane = { concurrency: 4, orderBy: () => 'same', lease: 900 };
  const hold = { hold: true, attempts: 5, backoff: { type: 'fixed', delay: 60_000 } } as const;

  it('keeps its place before those that were taken after it', async () => {
    const lab = new QueueLab();
    const proxy = await TcpProxy.open(lab.url);
    await lab.push('a', 'b', 'c', 'd');
    await lab.worker({
      options: { ...inOneLane, retry: hold },
      flow: { connection: proxy.url, shutdown: { timeout: 100 } },
      handle: () => {
        throw new Error('not yet');
      },
    });
    await eventually(async () => {
      const attempts = (await lab.held('taken')).map((item) => item.attempts);
      expect(attempts.toSorted()).toEqual(['0', '0', '0', '1']);
    });
    proxy.blackhole('all');

    const heir = await lab.worker({ options: inOneLane });
    await heir.finished.count(4);
    expect(heir.data).toEqual(['a', 'b', 'c', 'd']);
    expect(heir.attempts).toEqual([2, 1, 1, 1]);
    await lab.settled();
    proxy.resume();
  });
});
