import type { StreamOptions } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { type MonitoredCommand, monitored } from '../../support/monitored.js';
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
    // What makes the group, and what parks, know of keys that are in progress as well.
    const lost = proxy.loseReplyTo(/evalsha?(?![^]*:progress:)[^]*:parked:/i);

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

describe('a duplicate that Redis has acknowledged, while the answer is still on its way', () => {
  it('is no lost lease to the heartbeat', async () => {
    const lab = StreamLab.open();
    const proxy = await TcpProxy.open(lab.url);
    const options: StreamOptions = { ack: 'once', lease: LEASE };
    const worker = await lab.worker(options, undefined, { flow: { connection: proxy.only('blocking') } });
    const headers = { 'idempotency-key': 'order-7' };
    await lab.appendWith(headers, 1);
    await worker.finished.count(1);
    await lab.settled();
    const commands = await monitored();
    const held = proxy.holdReplyTo(/evalsha?[^]*:once:/i);

    const id = await lab.appendWith(headers, 1);
    await held;
    const isHeartbeat = ({ name, text }: MonitoredCommand): boolean =>
      /^evalsha$/i.test(name) && text.includes(id) && !text.includes(':once:');
    await commands.until((seen) => seen.some(isHeartbeat));
    proxy.resume();
    const [duplicate] = await worker.event('duplicate');

    expect(duplicate).toMatchObject({ id });
    expect(worker.eventsOf('leaseLost')).toEqual([]);
  });
});
