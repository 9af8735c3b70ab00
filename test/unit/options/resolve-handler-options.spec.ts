import type { HandlerDefaults } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { type HandlerDeclaration, resolveHandlerOptions, resolveModuleOptions } from '../../../lib/options/index.js';

const RETRY = { attempts: 5, backoff: { type: 'fixed', delay: 1_000 }, fatal: [], retryable: [], hold: false };
const AFTER = { policy: 'after', once: undefined };
const DAY = 86_400_000;

function resolve(
  mechanism: HandlerDeclaration['mechanism'],
  options: object = {},
  { defaults = {}, group = 'workers' }: { defaults?: HandlerDefaults; group?: string } = {},
) {
  const module = resolveModuleOptions('default', { connection: 'redis://x', group, defaults });
  return resolveHandlerOptions(
    { owner: 'Orders.handle', method: 'handle', mechanism, target: 'orders', options },
    module,
  );
}

describe("a handler's options", () => {
  it('have the documented defaults on a channel', () => {
    expect(resolve('channel')).toEqual({
      mechanism: 'channel',
      concurrency: 1,
      timeout: undefined,
      buffer: 1_000,
      overflow: 'drop-oldest',
      sharded: false,
    });
  });

  it('have the documented defaults on a stream', () => {
    expect(resolve('stream')).toEqual({
      mechanism: 'stream',
      concurrency: 1,
      timeout: undefined,
      ack: AFTER,
      deadLetter: true,
      lease: 30_000,
      retry: RETRY,
      orderBy: undefined,
      batch: undefined,
      group: 'workers',
      from: '0',
      onGroupMissing: 'recreate',
      retention: undefined,
      reader: undefined,
    });
  });

  it('have the documented defaults on a queue', () => {
    expect(resolve('queue')).toMatchObject({
      mechanism: 'queue',
      order: 'fifo',
      lease: 30_000,
      ack: AFTER,
      retry: RETRY,
    });
  });

  it('win over the defaults of the module, option by option, and these over those of the library', () => {
    const defaults: HandlerDefaults = { stream: { lease: 500, concurrency: 4, group: 'from-defaults' } };
    expect(resolve('stream', { concurrency: 2 }, { defaults })).toMatchObject({
      lease: 500,
      concurrency: 2,
      group: 'from-defaults',
    });
    expect(resolve('stream', { group: 'own' }, { defaults })).toMatchObject({ group: 'own' });
    expect(resolve('queue', {}, { defaults })).toMatchObject({ lease: 30_000, concurrency: 1 });
  });

  it('replace the whole retry of the defaults, not parts of it', () => {
    const defaults: HandlerDefaults = { queue: { retry: { attempts: 2, fatal: [TypeError] } } };
    expect(resolve('queue', { retry: { attempts: 3 } }, { defaults })).toMatchObject({
      retry: { ...RETRY, attempts: 3 },
    });
  });

  it('take undefined for not set', () => {
    const defaults: HandlerDefaults = { stream: { lease: 500 } };
    expect(resolve('stream', { lease: undefined, group: undefined }, { defaults })).toMatchObject({
      lease: 500,
      group: 'workers',
    });
  });

  it.each([
    [false, { ...RETRY, attempts: 1 }],
    [{}, RETRY],
    [{ attempts: 9 }, { ...RETRY, attempts: 9 }],
    [{ fatal: [TypeError] }, { ...RETRY, fatal: [TypeError] }],
    [{ hold: true }, { ...RETRY, hold: true }],
  ])('resolve retry: %j', (retry, resolved) => {
    expect(resolve('queue', { retry })).toMatchObject({ retry: resolved });
  });

  it.each(['0', '$', '5', '1700000000000-3', '18446744073709551615-18446744073709551615', { checkpoint: 'audit' }])(
    'take from: %j',
    (from) => {
      expect(resolve('stream', { from })).toMatchObject({ from });
    },
  );

  it.each(['acked', { maxLength: 5 }, { maxAge: 90 * DAY }])('take retention: %j', (retention) => {
    expect(resolve('stream', { retention })).toMatchObject({ retention });
  });

  it('take a function for the order, and the size of batches', () => {
    const orderBy = (): string => 'key';
    expect(resolve('stream', { orderBy })).toMatchObject({ orderBy, batch: undefined });
    expect(resolve('queue', { batch: { size: 10 } })).toMatchObject({ batch: { size: 10, wait: 0 } });
    expect(resolve('stream', { batch: { size: 1, wait: 50 } })).toMatchObject({ batch: { size: 1, wait: 50 } });
  });
});

describe('the ack option', () => {
  const key = (): string => 'key';
  class Policy {
    readonly timing = 'after';
  }
  const policy = new Policy();

  it.each(['after', 'before', 'none', 'manual'])('is kept where it is the word %j', (ack) => {
    expect(resolve('stream', { ack })).toMatchObject({ ack: { policy: ack, once: undefined } });
  });

  it.each([
    ['once', { window: DAY, key: undefined }],
    [{ once: {} }, { window: DAY, key: undefined }],
    [{ once: { window: 5_000, key } }, { window: 5_000, key }],
    [{ once: { window: 60 * DAY } }, { window: 60 * DAY, key: undefined }],
  ])('has a window of a day and the usual key unless it says so: %o', (ack, once) => {
    expect(resolve('stream', { ack })).toMatchObject({ ack: { policy: 'once', once } });
    expect(resolve('queue', { ack })).toMatchObject({ ack: { policy: 'once', once } });
  });

  it.each([Policy, policy])('is kept where it is a policy: %o', (ack) => {
    expect(resolve('stream', { ack })).toMatchObject({ ack: { policy: ack, once: undefined } });
    expect(resolve('queue', { ack })).toMatchObject({ ack: { policy: ack, once: undefined } });
  });
});

describe('a retry policy', () => {
  class Policy {
    decide(): object {
      return { retryAfter: 5 };
    }
  }
  const policy = new Policy();

  it.each([Policy, policy])('is kept as it is: %o', (retry) => {
    expect(resolve('queue', { retry })).toMatchObject({ retry });
  });
});

describe('a reader', () => {
  it('has no group and starts at the end', () => {
    expect(resolve('stream', { reader: {} })).toMatchObject({
      group: '',
      reader: { from: '$', checkpoint: undefined },
      ack: AFTER,
    });
  });

  it('needs no group in the module', () => {
    const module = resolveModuleOptions('default', { connection: 'redis://x' });
    const options = { reader: { from: '0', checkpoint: 'audit' } };
    const declaration = { owner: 'Orders.handle', method: 'handle', mechanism: 'stream', target: 'orders' } as const;
    expect(resolveHandlerOptions({ ...declaration, options }, module)).toMatchObject({
      group: '',
      reader: { from: '0', checkpoint: 'audit' },
    });
  });

  it('passes over defaults that are for groups', () => {
    const stream = { group: 'x', from: '0', onGroupMissing: 'fail', ack: 'manual', lease: 500, retention: 'acked' };
    const defaults = { stream: { ...stream, concurrency: 4 } } as HandlerDefaults;
    expect(resolve('stream', { reader: {} }, { defaults })).toMatchObject({
      group: '',
      ack: AFTER,
      lease: 30_000,
      onGroupMissing: 'recreate',
      retention: undefined,
      concurrency: 4,
    });
  });

  it('among the defaults gives way to a group', () => {
    const defaults: HandlerDefaults = { stream: { reader: { from: '0' } } };
    expect(resolve('stream', {}, { defaults })).toMatchObject({ group: '', reader: { from: '0' } });
    expect(resolve('stream', { group: 'pay' }, { defaults })).toMatchObject({ group: 'pay', reader: undefined });
  });
});

describe('what a handler says itself wins over a default that does not go with it', () => {
  const orderBy = (): string => 'key';
  const batch = { size: 5, wait: 0 };

  it.each<[string, HandlerDefaults['stream'], object, object]>([
    ['a batch over an order', { orderBy }, { batch }, { batch, orderBy: undefined }],
    ['an order over a batch', { batch }, { orderBy }, { batch: undefined, orderBy }],
    ['a batch over holding', { retry: { attempts: 2, hold: true } }, { batch }, { retry: { ...RETRY, attempts: 2 } }],
    ['holding over a batch', { batch }, { retry: { hold: true } }, { batch: undefined, retry: { hold: true } }],
  ])('%s', (_, stream, own, resolved) => {
    expect(resolve('stream', own, { defaults: { stream: stream ?? {} } })).toMatchObject(resolved);
  });

  it.each(['before', 'none'])('an ack %j over retries, also where both are defaults', (ack) => {
    const retry = { attempts: 9 };
    expect(resolve('stream', { ack }, { defaults: { stream: { retry } } })).toMatchObject({ retry: RETRY });
    const both = { stream: { retry, ack, lease: 500, deadLetter: true } } as HandlerDefaults;
    expect(resolve('stream', {}, { defaults: both })).toMatchObject({ retry: RETRY });
    expect(resolve('stream', { ack: 'after' }, { defaults: both })).toMatchObject({ retry: { attempts: 9 } });
  });
});
