import { setTimeout as sleep } from 'node:timers/promises';
import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { RedisFlowModule, RedisFlowStrategy } from 'nestjs-redis-flow';
import { expect, it } from 'vitest';
import { LogSink } from '../../support/log-sink.js';
import { OwnServer } from '../../support/own-server.js';
import { plainRedis } from '../../support/redis.js';

/** What keeps this process alive. */
const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

it('a service that is closed while it starts leaves no timer behind', async () => {
  const server = await OwnServer.start(['--appendonly', 'no']);
  // Its start waits for a subscription that is refused.
  await plainRedis(server.url).acl('SETUSER', 'default', 'resetchannels');
  @Controller()
  class Service {
    @MessagePattern('never')
    never(): void {}
  }
  const before = timers();
  const module = RedisFlowModule.forRoot({ connection: server.url, patterns: 'stream' });
  const moduleRef = await Test.createTestingModule({ imports: [module], controllers: [Service] }).compile();
  const logger = new LogSink();
  const app = moduleRef.createNestMicroservice({ strategy: moduleRef.get(RedisFlowStrategy), logger });
  const started = app.listen();
  await logger.lines.until((lines) => lines.some(({ text }) => text.includes('NOPERM')));
  await app.close();
  await started.catch(() => undefined);
  for (let tries = 0; tries < 500 && timers() > before; tries += 1) await sleep(20);
  expect(timers()).toBeLessThanOrEqual(before);
});
