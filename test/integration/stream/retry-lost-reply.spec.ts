import { Retry } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { StreamLab } from './lab.js';

const LEASE = 300;
const PARK = /evalsha[^]*:parked:[^]*:progress:/i;

describe('a retry whose reply was lost', () => {
  it('leaves its entry alone where this consumer has claimed it again', async () => {
    const lab = StreamLab.open();
    const proxy = await TcpProxy.open(lab.url);
    const gate = new Gate();
    const worker = await lab.worker(
      { concurrency: 2, lease: LEASE },
      ({ attempt, message }) => {
        if (message.data === 'warm-up') return attempt === 1 ? Retry.after(0) : undefined;
        return attempt === 1 ? Retry.after(0) : gate.pass();
      },
      { url: proxy.url },
    );
    await lab.append('warm-up');
    await worker.finished.count(2);
    await lab.settled();

    const lost = proxy.loseReplyTo(PARK);
    const [id] = await lab.append('x');
    await lost;
    // Until it has been claimed again, the repetition gets no further than the wire.
    let isClaimed = false;
    const blocked = (async () => {
      while (!isClaimed) await Promise.race([proxy.resetBefore(PARK), worker.started.count(4)]);
    })();
    await worker.started.count(4);
    isClaimed = true;
    await blocked;

    await eventually(() => expect(worker.status()?.running).toBe(1));
    expect(await lab.pending()).toMatchObject([{ id, consumer: worker.consumer }]);
    gate.open();
    await lab.settled();
    expect(worker.attempts).toEqual([1, 2, 1, 2]);
  });
});
