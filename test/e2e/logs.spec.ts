import { Controller, Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Drop, OnChannel, OnQueue, OnStream, RedisFlowModule, RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hybridApp } from '../support/app.js';
import { FAST_RETRY } from '../support/e2e/fast-retry.js';
import { LogSink } from '../support/log-sink.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { redisUrl, unique } from '../support/redis.js';

const DELIVERY = 'RedisFlowDelivery';

describe.each(ORIGINS)('the log of a %s', (origin) => {
  it('has one line for a retry and one for a dead letter, with handler, message, attempt and error', async () => {
    const [probe, logger] = [new StreamProbe(), new LogSink()];
    @Controller()
    class Orders {
      @OnStream(probe.stream)
      handle(): never {
        throw new Error('no funds');
      }
    }
    const app = await hybridApp({ ...placed(origin, Orders), flow: FAST_RETRY, logger });
    const id = await app.get(RedisPublisher).append(probe.stream, {});
    await probe.settled(1);
    const message = `Orders.handle: message ${id} of stream "${probe.stream}"`;
    expect(logger.of(DELIVERY)).toEqual([
      `${message}, attempt 1, failed (Error: no funds); again in 0 ms`,
      `${message}, attempt 2, is given up as exhausted (Error: no funds)`,
    ]);
    expect(logger.of(DELIVERY, 'warn')).toHaveLength(1);
    expect(logger.of(DELIVERY, 'error')).toHaveLength(1);
  });

  it('says that a handler failed also when what it threw was undefined', async () => {
    const [probe, logger] = [new StreamProbe(), new LogSink()];
    @Controller()
    class Orders {
      @OnStream(probe.stream)
      handle(): never {
        throw undefined as unknown as Error;
      }
    }
    await hybridApp({ ...placed(origin, Orders), flow: FAST_RETRY, logger });
    await probe.append({});
    await probe.settled(1);
    expect(logger.of(DELIVERY, 'warn')).toEqual([expect.stringContaining('failed')]);
  });

  it('has one line for a message that is dropped, and none for one that is handled', async () => {
    const [probe, logger] = [new StreamProbe(), new LogSink()];
    @Controller()
    class Orders {
      @OnStream(probe.stream)
      handle(data: string): unknown {
        return data === 'old' ? Drop.because('too old') : 'fine';
      }
    }
    await hybridApp({ ...placed(origin, Orders), logger });
    await probe.append('new', 'old');
    await probe.settled(2);
    expect(logger.of(DELIVERY)).toEqual([expect.stringMatching(/is dropped: too old$/)]);
  });

  it('warns when two methods share a stream and a group, or a queue, and names both', async () => {
    const [stream, queue, channel, logger] = [unique('stream'), unique('jobs'), unique('channel'), new LogSink()];
    @Controller()
    class Orders {
      @OnStream(stream)
      @OnQueue(queue)
      @OnChannel(channel)
      one(): void {}

      @OnStream(stream)
      @OnQueue(queue)
      @OnChannel(channel)
      @OnStream(stream, { group: 'another' })
      two(): void {}
    }
    await hybridApp({ ...placed(origin, Orders), logger });
    const warnings = logger.of('RedisFlowModule', 'warn');
    expect(warnings).toHaveLength(2);
    for (const target of [stream, queue])
      expect(warnings).toContainEqual(
        expect.stringMatching(new RegExp(`Orders\\.(two|one).*Orders\\.(two|one).*${target}`)),
      );
  });
});

describe('an application that is not connected', () => {
  async function warningsOf(connect: boolean, consume = true): Promise<string[]> {
    const logger = new LogSink();
    @Controller()
    class Orders {
      @OnStream(unique('stream'))
      handle(): void {}
    }
    @Injectable()
    class Audit {
      @OnStream(unique('stream'))
      handle(): void {}
    }
    const metadata = { controllers: [Orders], providers: [Audit] };
    if (connect) await hybridApp({ ...metadata, logger, flow: { consume } });
    else {
      const module = RedisFlowModule.forRoot({ connection: redisUrl(), group: 'test', consume });
      const moduleRef = await Test.createTestingModule({ imports: [module], ...metadata }).compile();
      const app = moduleRef.createNestApplication({ logger });
      onTestFinished(() => app.close());
      await app.init();
    }
    return logger.of('RedisFlowModule', 'warn');
  }

  it('warns that handlers on controllers are not served, and what to do', async () => {
    expect(await warningsOf(false)).toEqual([
      expect.stringMatching(/not served yet: Orders\.handle\. Call connectRedisFlow/),
    ]);
  });

  it('does not warn when they are, or when it only publishes', async () => {
    expect(await warningsOf(true)).toEqual([]);
    expect(await warningsOf(false, false)).toEqual([]);
  });
});
