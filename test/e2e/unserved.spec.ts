import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { InvalidOptionError, OnQueue, RedisFlowModule, connectRedisFlow } from 'nestjs-redis-flow';
import { RedisFlowHealthIndicator } from 'nestjs-redis-flow/terminus';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LogSink } from '../support/log-sink.js';
import { redisUrl, unique } from '../support/redis.js';

const TARGET = unique('unserved');

@Controller()
class Orders {
  @OnQueue(TARGET)
  handle(): void {}
}

@Injectable()
class Mails {
  @OnQueue(`${TARGET}:mails`)
  handle(): void {}
}

@Module({
  imports: [RedisFlowModule.forRoot({ connection: redisUrl() }), TerminusModule],
  controllers: [Orders],
  providers: [Mails, RedisFlowHealthIndicator],
})
class AppModule {}

async function createApp() {
  const logger = new LogSink();
  const app = await NestFactory.create(AppModule, { logger });
  onTestFinished(() => app.close());
  const warnings = () => logger.of('RedisFlowModule', 'warn');
  const health = () => app.get(RedisFlowHealthIndicator).consumers('all')['all'];
  return { app, logger, warnings, health };
}

describe('handlers on controllers that nobody has connected', () => {
  it('are down for the health check, with what to do; those on providers run', async () => {
    const { app, health } = await createApp();
    await app.init();
    expect(health()).toEqual({
      status: 'down',
      consumers: 2,
      running: 0,
      dead: ['Orders.handle: not served. Call connectRedisFlow(app) and await app.startAllMicroservices()'],
    });
  });
});

describe('handlers on controllers that are connected and not started', () => {
  it('are warned about some seconds after the bootstrap, and down for the health check', async () => {
    const { app, logger, warnings, health } = await createApp();
    connectRedisFlow(app);
    await app.init();
    expect(warnings()).toEqual([]);
    await logger.lines.until(() => warnings().length > 0);
    expect(warnings()).toEqual([
      'Handlers on controllers are not served yet: Orders.handle. Await app.startAllMicroservices()',
    ]);
    expect(health()).toMatchObject({ status: 'down', dead: [`queue "${TARGET}" (Orders.handle): not started`] });
    await app.startAllMicroservices();
    expect(health()).toEqual({ status: 'up', consumers: 2, running: 0 });
  });
});

describe('an application that is connected twice', () => {
  it('is refused: every handler would be called twice', async () => {
    const { app } = await createApp();
    connectRedisFlow(app);
    expect(() => connectRedisFlow(app)).toThrow(InvalidOptionError);
    expect(() => connectRedisFlow(app, { name: 'default' })).toThrow(
      'connectRedisFlow: option "app" is "an application whose connection default is connected", ' +
        'but must be one that is connected once: leave out the second call.',
    );
  });
});
