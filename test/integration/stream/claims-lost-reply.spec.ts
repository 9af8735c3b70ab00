import type { StreamOptions } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { GROUP, StreamLab } from './lab.js';

/** Short, so that reads and heartbeats come soon. */
const LEASE = 600;

/** Redis knows the scripts then: their first call would only tell that it does not. */
async function labThatKnowsScripts(options: StreamOptions): Promise<StreamLab> {
  const lab = StreamLab.open();
  const worker = await lab.worker(options);
  await lab.append('warm-up');
  await worker.finished.count(1);
  await worker.close();
  return lab;
}

describe('the only consumer of a group, when the reply is lost', () => {
  it('of a claim, finds what it has taken with it', async () => {
    const lab = await labThatKnowsScripts({});
    const [id = ''] = await lab.append('old');
    await lab.readAs('gone');
    await lab.redis.xclaim(lab.stream, GROUP, 'gone', 0, id, 'IDLE', 60_000, 'JUSTID');
    const proxy = await TcpProxy.open(lab.url);
    const lost = proxy.loseReplyTo(/evalsha?[^]*:parked:/i);

    const worker = await lab.worker({ lease: LEASE }, undefined, { url: proxy.url });
    await lost;
    await worker.finished.count(1);

    expect(worker.attempts).toEqual([1]);
    await lab.settled();
  });

  it("of what 'once' asks before a handler starts, handles what it had read all the same, once", async () => {
    const lab = await labThatKnowsScripts({ ack: 'once' });
    const proxy = await TcpProxy.open(lab.url);
    const worker = await lab.worker({ ack: 'once', lease: LEASE }, undefined, { url: proxy.url });
    const lost = proxy.loseReplyTo(/evalsha?[^]*:once:/i);

    await lab.append('a', 'b');
    await lost;
    await worker.finished.count(2);

    expect(new Set(worker.data)).toEqual(new Set(['a', 'b']));
    expect(worker.data).toHaveLength(2);
    await lab.settled();
  });
});
