import { setTimeout as sleep } from 'node:timers/promises';
import { TerminusModule } from '@nestjs/terminus';
import { Redis } from 'ioredis';
import { RedisFlowHealthIndicator } from 'nestjs-redis-flow/terminus';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RedisConnection } from '../../../lib/connection/index.js';
import { Subscriptions } from '../../../lib/mechanisms/subscriptions.js';
import { resolveModuleOptions } from '../../../lib/options/index.js';
import { hybridApp } from '../../support/app.js';
import { numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { LogSink } from '../../support/log-sink.js';
import { OwnServer } from '../../support/own-server.js';
import { QueueLab } from '../../support/queue/queue-lab.js';
import { plainRedis } from '../../support/redis.js';
import { listenerOf } from './listeners.js';

/** A server on which nobody may subscribe to anything. */
async function refusingServer(): Promise<OwnServer> {
  const server = await OwnServer.start(['--appendonly', 'no']);
  await plainRedis(server.url).acl('SETUSER', 'default', 'resetchannels');
  return server;
}

const listener = { name: 'secret', receive: () => undefined };

describe('a subscription that Redis refuses', () => {
  it('keeps no queue from its jobs, is logged once with its name, and does not hold up the close', async () => {
    const lab = new QueueLab((await refusingServer()).url);
    const worker = await lab.worker({ options: { lease: 300 } });
    await lab.push('a');
    await worker.finished.count(1);
    const refusals = () => worker.log.of('RedisFlowConsumer', 'warn').filter((text) => text.includes('NOPERM'));
    await eventually(() => expect(refusals()).toHaveLength(1));
    expect(refusals()[0]).toContain(`Subscribing to ${lab.queue}:delayed failed`);
    // It is tried again meanwhile, and not logged again.
    await eventually(async () =>
      expect(await lab.redis.info('errorstats')).toMatch(/errorstat_NOPERM:count=([3-9]|\d\d)/),
    );
    expect(refusals()).toHaveLength(1);
    await lab.settled();
    await worker.close();
  });

  it('is logged once together with all that are refused for the same reason', async () => {
    const { url } = await refusingServer();
    const log = new LogSink();
    const channels = numbers(22).map((n) => `secret-${n}`);
    const handlers = listenerOf(channels, {}, () => undefined);
    const started = hybridApp({ flow: { connection: url }, providers: [handlers], logger: log });
    const refusals = () => log.of('RedisFlowConsumer', 'warn').filter((text) => text.includes('NOPERM'));
    await eventually(() => expect(refusals()).toHaveLength(1));
    expect(refusals()[0]).toContain(`Subscribing to ${channels.slice(0, 20).join(', ')} and 2 more failed (`);
    await plainRedis(url).acl('SETUSER', 'default', 'allchannels');
    await started;
  });

  it('is down for the health check with what Redis says, until it does not refuse it any more', async () => {
    const server = await OwnServer.start(['--appendonly', 'no']);
    const providers = [listenerOf('secret', {}, () => undefined), RedisFlowHealthIndicator];
    const app = await hybridApp({ flow: { connection: server.url }, imports: [TerminusModule], providers });
    const dead = () => app.get(RedisFlowHealthIndicator).consumers('all')['all']?.['dead'];
    const redis = plainRedis(server.url);
    await redis.acl('SETUSER', 'default', 'resetchannels');
    await eventually(() => expect(dead()).toEqual([expect.stringMatching(/^channel "secret".*: NOPERM/)]));
    await redis.acl('SETUSER', 'default', 'allchannels');
    await eventually(() => expect(dead()).toBeUndefined());
  });

  it('is not tried any more when the connection is closed', async () => {
    const { url } = await refusingServer();
    const connection = new RedisConnection(resolveModuleOptions('default', { connection: url, consumer: 'me' }));
    const subscribes = vi.spyOn(Redis.prototype, 'subscribe');
    onTestFinished(() => subscribes.mockRestore());
    const ofSecret = () => subscribes.mock.calls.filter(([name]) => String(name) === 'secret').length;
    connection.connect();
    void Subscriptions.of(connection, () => undefined).add({ kind: 'channel', name: 'secret' }, listener);
    await eventually(() => expect(ofSecret()).toBeGreaterThan(1));
    await connection.close();
    const before = ofSecret();
    // Longer than the longest pause between two tries.
    await sleep(2_500);
    expect(ofSecret()).toBe(before);
  });
});
