import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { OwnServer } from '../support/own-server.js';
import { QUEUE_READ, QueueLab } from '../support/queue/queue-lab.js';
import { unique } from '../support/redis.js';
import { TcpProxy } from '../support/tcp-proxy.js';

describe('a reply to a read that comes after the lease was lost', () => {
  it('starts nothing that another runs', async () => {
    const lab = new QueueLab((await OwnServer.start()).url);
    const [consumer, proxy] = [unique('late'), await TcpProxy.open(lab.url)];
    const worker = await lab.worker({ options: { lease: 9_000 }, flow: { consumer, connection: proxy.url } });
    await lab.push('before');
    await worker.finished.count(1);
    // One that has just begun to wait: it is not over before there is a job.
    await eventually(async () => expect(await lab.redis.client('LIST')).toMatch(/idle=0 flags=b.*cmd=blmove/));

    proxy.blackhole(QUEUE_READ);
    await lab.push('x');
    await eventually(async () => expect(await lab.held('taken')).toHaveLength(1));
    // As a recovery does it, and one that takes the job then.
    const [consumers, other] = [`${lab.queue}:consumers`, unique('other')];
    await lab.redis
      .multi()
      .zrem(consumers, consumer)
      .zadd(consumers, Date.now() + 60_000, other)
      .lmove(`${lab.queue}:taken:${consumer}`, `${lab.queue}:processing:${other}`, 'RIGHT', 'RIGHT')
      .exec();
    // It knows that the lease was lost when it has entered itself again.
    await eventually(async () => expect(await lab.redis.zscore(consumers, consumer)).not.toBeNull());
    proxy.resume();

    await lab.push('after');
    await worker.finished.until((runs) => runs.some(({ data }) => data === 'after'));
    expect(worker.data).toEqual(['before', 'after']);
    expect((await lab.held('processing')).map(({ payload }) => String(payload))).toEqual(['"x"']);
  });
});

describe("a queue with ack 'before' whose acknowledgement goes wrong", () => {
  const LEASE = 900;
  const ACK = /eval(sha)?\r\n[^]*:processing:[^]*"x"/i;

  /** A worker whose Redis knows the scripts. */
  async function warmWorker(lab: QueueLab, proxy: TcpProxy, lease: number) {
    const worker = await lab.worker({ options: { ack: 'before', lease }, flow: { connection: proxy.url } });
    await lab.push('warm-up');
    await worker.finished.count(1);
    return worker;
  }

  it('handles nothing that another has taken over meanwhile', async () => {
    const lab = new QueueLab();
    const proxy = await TcpProxy.open(lab.url);
    const worker = await warmWorker(lab, proxy, LEASE);
    const reset = proxy.resetBefore(ACK);
    await lab.push('x');
    await reset;
    proxy.blackhole('all');
    const other = await lab.worker({ options: { ack: 'before', lease: LEASE } });
    await other.finished.count(1);
    proxy.resume();

    await worker.event('leaseLost');
    await lab.push('y');
    await Promise.race([worker.finished.count(2), other.finished.count(2)]);
    await lab.settled();
    expect(worker.data).not.toContain('x');
    expect(other.data).toContain('x');
  });

  it('handles what is gone by its own doing, where only the reply was lost', async () => {
    const lab = new QueueLab();
    const proxy = await TcpProxy.open(lab.url);
    // While the lease is certainly held nobody else can have removed it, however long a new connection takes.
    const worker = await warmWorker(lab, proxy, 30_000);
    const lost = proxy.loseReplyTo(ACK);
    await lab.push('x');
    await lost;

    await worker.finished.count(2);
    expect(worker.data).toEqual(['warm-up', 'x']);
    await lab.settled();
  });
});
