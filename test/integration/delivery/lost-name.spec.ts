import { Controller } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { LeaseLostError, OnStream, RedisFlowModule, RedisFlowStrategy } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { LogSink } from '../../support/log-sink.js';
import { monitored } from '../../support/monitored.js';
import { QueueLab } from '../../support/queue/queue-lab.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';
import { GROUP, StreamLab } from '../stream/lab.js';

/** What another process writes when it takes a name that nobody has. */
const taken = (key: string) => plainRedis().set(key, 'another', 'PX', 60_000);

const LOST = expect.stringContaining('is lost to another process') as string;

describe("a consumer's name that another process has taken meanwhile", () => {
  it('ends the reading of a stream, is told in health and once in the log, and what is held is left to the other', async () => {
    const [lab, consumer, logger, gate] = [StreamLab.open(), unique('named'), new LogSink(), new Gate()];
    const aborted = new Recorder<unknown>();
    const handle = async ({ signal }: { signal: AbortSignal }): Promise<void> => {
      signal.addEventListener('abort', () => aborted.add(signal.reason));
      await gate.pass();
    };
    const worker = await lab.worker({ lease: 900 }, handle, { consumer, logger });
    await lab.append('first', 'second');
    await worker.started.count(1);

    await taken(`${lab.stream}:consumer:${GROUP}:${consumer}`);
    const [reason] = await aborted.count(1);
    expect(reason).toBeInstanceOf(LeaseLostError);
    expect(worker.status()).toMatchObject({ alive: false, reason: LOST });
    await lab.append('third');
    await lab.readAs(consumer);
    gate.open();
    await worker.finished.count(1);
    await worker.close();

    expect(worker.data).toEqual(['first']);
    expect(await lab.pending()).toEqual(Array(3).fill(expect.objectContaining({ consumer })));
    expect(logger.of('RedisFlowConsumer', 'error')).toEqual([LOST]);
  });

  it('ends the taking of jobs, and what is held is left to the other', async () => {
    const [lab, consumer, gate] = [new QueueLab(), unique('named'), new Gate()];
    const aborted = new Recorder<unknown>();
    const handle = async ({ signal }: { signal: AbortSignal }): Promise<void> => {
      signal.addEventListener('abort', () => aborted.add(signal.reason));
      await gate.pass();
    };
    const worker = await lab.worker({ flow: { consumer }, options: { lease: 900 }, handle });
    await lab.push('first');
    await worker.started.count(1);

    await taken(`${lab.queue}:consumer:${consumer}`);
    await aborted.count(1);
    expect(worker.status()).toMatchObject({ alive: false, reason: LOST });
    await lab.push('second');
    gate.open();
    await worker.finished.count(1);
    await worker.close();

    expect(worker.data).toEqual(['first']);
    expect(await lab.redis.llen(`${lab.queue}:processing:${consumer}`)).toBe(1);
    expect(await lab.redis.llen(lab.queue)).toBe(1);
    expect(worker.log.of('RedisFlowConsumer', 'error')).toEqual([LOST]);
  });

  it('is taken back where nobody has it, and reading goes on', async () => {
    const [lab, consumer] = [StreamLab.open(), unique('named')];
    const worker = await lab.worker({}, undefined, { consumer });
    const key = `${lab.stream}:consumer:${GROUP}:${consumer}`;

    await lab.redis.del(key);
    await eventually(async () => expect(await lab.redis.exists(key)).toBe(1));
    await lab.append('x');

    await worker.finished.count(1);
    expect(worker.status()).toMatchObject({ alive: true });
  });
});

it('an application that is closed while it waits for its name does not take it any more', async () => {
  const [stream, consumer, redis] = [unique('stream'), unique('named'), plainRedis()];
  const key = `${stream}:consumer:${GROUP}:${consumer}`;
  // What a process that was killed a moment ago has left, and longer than this test may last.
  await redis.set(key, 'killed', 'PX', 60_000);
  @Controller()
  class Handler {
    @OnStream(stream)
    handle(): void {}
  }
  const connection = redisUrl();
  const module = RedisFlowModule.forRoot({ connection, group: GROUP, consumer, shutdown: { timeout: 100 } });
  const moduleRef = await Test.createTestingModule({ imports: [module], controllers: [Handler] }).compile();
  const app = moduleRef.createNestMicroservice({ strategy: moduleRef.get(RedisFlowStrategy), logger: false });
  const commands = await monitored();
  const started = app.listen();
  await commands.until((seen) => seen.some(({ source, text }) => source !== 'lua' && text.includes(key)));

  await app.close();
  await started;

  expect(await redis.get(key)).toBe('killed');
});
