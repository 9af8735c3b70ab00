import type { StreamOptions } from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { numbers } from '../../support/conformance/lab.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { StreamLab } from './lab.js';

/** How much slower one connection is than the other, in ms and each way. */
const SLOWER = 25;
/** How often a reader asks how far its stream has come, in ms. */
const LOOKS_EVERY = 10_000;

describe('a start that Redis hears of late, as the connection that reads is slower than the one for commands', () => {
  it('does not take back what is parked for its retry', async () => {
    const lab = StreamLab.open();
    const proxy = await TcpProxy.open(lab.url);
    const options: StreamOptions = {
      concurrency: 4,
      orderBy: ({ data }) => data,
      retry: { attempts: 3, backoff: { type: 'fixed', delay: 100 } },
    };
    const handle = () => Promise.reject(new Error('no'));
    const worker = await lab.worker(options, handle, { flow: { connection: proxy.only('blocking') } });
    proxy.delay(SLOWER);

    for (const n of numbers(4)) {
      await lab.append(n);
      await worker.event('retried', n + 1);
    }

    const letters = await lab.lettersWhen(4);
    expect(letters.map(({ headers }) => headers['dlq-attempts'])).toEqual(['3', '3', '3', '3']);
    expect(await lab.pending()).toEqual([]);
  });
});

describe('a reader whose connection that reads is faster than the one for commands', () => {
  it('does not begin anew when it is told late how far its stream has come', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const lab = StreamLab.open();
    const proxy = await TcpProxy.open(lab.url);
    const flow = { connection: proxy.only('command') };
    const worker = await lab.worker({ reader: { from: '0' } }, undefined, { flow });
    proxy.delay(SLOWER);

    let count = 0;
    for (let looks = 0; looks < 10; looks += 1) {
      vi.advanceTimersByTime(LOOKS_EVERY);
      for (const answered = performance.now() + 4 * SLOWER; performance.now() < answered; count += 1) {
        await lab.append(count);
        await worker.finished.count(count + 1);
      }
    }

    expect(worker.data).toEqual(numbers(count));
  });
});
