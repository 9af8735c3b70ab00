import { TerminusModule } from '@nestjs/terminus';
import { RedisFlowHealthIndicator } from 'nestjs-redis-flow/terminus';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { FAST, GROUP, StreamLab } from './lab.js';

const label = (lab: StreamLab): string => `stream "${lab.stream}" in group "${GROUP}"`;

describe('health, while a dead letter cannot be written', () => {
  it('is degraded, with the reason and one event; nothing is acknowledged; all is well again afterwards', async () => {
    const lab = StreamLab.open();
    await lab.redis.set(`${lab.stream}:dlq`, 'not a stream');
    const extras = { imports: [TerminusModule], providers: [RedisFlowHealthIndicator] };
    const worker = await lab.worker({ retry: false }, () => Promise.reject(new Error('no')), extras);
    const check = () => worker.get(RedisFlowHealthIndicator).consumers('consumers');
    expect(check()).toEqual({ consumers: { status: 'up', consumers: 1, running: 0 } });

    const [id = ''] = await lab.append('x');
    const [failed] = await worker.event('deadLetterFailed');

    expect(failed).toMatchObject({ id, attempt: 1, error: expect.any(Error) as Error });
    const why = `the dead letter of entry ${id} cannot be written`;
    expect(worker.status()).toMatchObject({ alive: true, degraded: expect.stringContaining(why) as string });
    const { consumers } = check();
    expect(consumers?.status).toBe('degraded');
    expect(consumers?.['degraded']).toEqual([expect.stringMatching(new RegExp(`${label(lab)}.*${why}.*WRONGTYPE`))]);
    expect(await lab.pending()).toHaveLength(1);

    await lab.redis.del(`${lab.stream}:dlq`);
    await lab.lettersWhen(1);

    await eventually(() => expect(check()).toEqual({ consumers: { status: 'up', consumers: 1, running: 0 } }));
    expect(worker.eventsOf('deadLetterFailed')).toHaveLength(1);
    await lab.settled();
  });

  it('stays degraded until the last of several is written', async () => {
    const lab = StreamLab.open();
    await lab.redis.set(`${lab.stream}:dlq`, 'not a stream');
    const options = { retry: { attempts: 1, backoff: FAST }, concurrency: 3 };
    const worker = await lab.worker(options, () => Promise.reject(new Error('no')));
    await lab.append(1, 2, 3);
    await worker.event('deadLetterFailed', 3);
    expect(worker.status()?.degraded).toBeDefined();

    await lab.redis.del(`${lab.stream}:dlq`);
    await lab.lettersWhen(3);

    await eventually(() => expect(worker.status()?.degraded).toBeUndefined());
  });
});

describe('health, while the stream is of the wrong type', () => {
  it('is down and names the key and the reason, and is up again afterwards', async () => {
    const lab = StreamLab.open();
    const extras = { imports: [TerminusModule], providers: [RedisFlowHealthIndicator] };
    const worker = await lab.worker({}, undefined, extras);
    const check = () => worker.get(RedisFlowHealthIndicator).consumers('consumers')['consumers'];
    await lab.redis.set(lab.stream, 'no stream');

    await eventually(() => expect(check()?.status).toBe('down'));
    await eventually(() => expect(JSON.stringify(check())).toMatch(new RegExp(`${lab.stream}.*WRONGTYPE`)));

    await lab.redis.del(lab.stream);
    await eventually(() => expect(check()?.status).toBe('up'));
    await lab.append('x');
    await worker.finished.count(1);
  });
});
