import { Controller, Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  InvalidOptionError,
  MissingGroupError,
  OnStream,
  RedisFlowModule,
  UnknownConnectionError,
  connectRedisFlow,
} from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { redisUrl } from '../../support/redis.js';
import { moduleRefusal, ordersWith, refused } from './refused.js';

const named = (name?: string) =>
  RedisFlowModule.forRoot({ connection: redisUrl(), group: 'pay', ...(name === undefined ? {} : { name }) });

@Controller()
@Injectable()
class Bills {
  @OnStream('bills', { connection: 'biling' })
  pay(): void {}
}

describe('a connection that no module has', () => {
  const text =
    'Bills.pay: option "connection" is "biling", but must be one of "default", "billing". ' +
    `Add RedisFlowModule.forRoot({ name: 'biling', … }) or correct the name.`;

  it.each([
    ['provider', { providers: [Bills] }],
    ['controller', { controllers: [Bills] }],
  ])('is refused on a %s, with the names there are', async (_, metadata) => {
    const refusal = await refused({ imports: [named(), named('billing')], ...metadata });
    expect(refusal?.error).toBeInstanceOf(UnknownConnectionError);
    expect(refusal?.error.message).toBe(text);
    expect(refusal?.step).toBe('init');
  });

  it.each([5, {}, false])('is refused where its name is no text, also on a controller: %j', async (connection) => {
    const Orders = ordersWith('stream', { connection });
    Controller()(Orders);
    const refusal = await refused({ imports: [named()], controllers: [Orders] });
    expect(refusal?.error.message).toBe(
      `Orders.handle: option "connection" is ${JSON.stringify(connection)}, but must be a non-empty string.`,
    );
  });

  it('is refused by connectRedisFlow', async () => {
    const moduleRef = await Test.createTestingModule({ imports: [named()] }).compile();
    const app = moduleRef.createNestApplication({ logger: false });
    onTestFinished(() => app.close());
    expect(() => connectRedisFlow(app, { name: 'billing' })).toThrow(
      `connectRedisFlow: option "name" is "billing", but must be one of "default". ` +
        `Add RedisFlowModule.forRoot({ name: 'billing', … }) or correct the name.`,
    );
  });
});

describe('connectRedisFlow', () => {
  it('is refused in an application without RedisFlowModule', async () => {
    const app = (await Test.createTestingModule({}).compile()).createNestApplication({ logger: false });
    onTestFinished(() => app.close());
    expect(() => connectRedisFlow(app)).toThrow(InvalidOptionError);
    expect(() => connectRedisFlow(app)).toThrow(
      'connectRedisFlow: option "app" is "an application without RedisFlowModule", but must be one that imports RedisFlowModule.forRoot(…).',
    );
  });
});

describe('a stream without a group', () => {
  const text =
    'Orders.handle: option "group" is undefined for the stream "orders", but must be a non-empty string. ' +
    `Set it on @OnStream('orders', { group: '…' }) or once for all in RedisFlowModule.forRoot({ group: '…' }).`;
  const withoutGroup = (extra: object = {}) => RedisFlowModule.forRoot({ connection: redisUrl(), ...extra });

  it('is refused', async () => {
    const refusal = await refused({ imports: [withoutGroup()], providers: [ordersWith('stream')] });
    expect(refusal?.error).toBeInstanceOf(MissingGroupError);
    expect(refusal?.error.message).toBe(text);
  });

  it('is refused also when the application only publishes', async () => {
    const refusal = await refused({ imports: [withoutGroup({ consume: false })], providers: [ordersWith('stream')] });
    expect(refusal?.error.message).toBe(text);
  });

  it('is fine with a group among the defaults', async () => {
    const module = withoutGroup({ consume: false, defaults: { stream: { group: 'pay' } } });
    expect(await refused({ imports: [module], providers: [ordersWith('stream')] })).toBeUndefined();
  });

  it('is the business of streams only', async () => {
    const module = withoutGroup({ consume: false });
    expect(await refused({ imports: [module], providers: [ordersWith('queue')] })).toBeUndefined();
  });
});

describe('a module with a name', () => {
  it('says its name in its errors', async () => {
    const refusal = await moduleRefusal({ name: 'billing', group: 5 });
    expect(refusal?.error.message).toBe(
      'RedisFlowModule "billing": option "group" is 5, but must be a non-empty string.',
    );
  });
});
