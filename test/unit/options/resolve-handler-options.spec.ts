import type { HandlerDefaults } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { type HandlerDeclaration, resolveHandlerOptions, resolveModuleOptions } from '../../../lib/options/index.js';

const RETRY = { attempts: 5, backoff: { type: 'fixed', delay: 1_000 }, fatal: [], retryable: [] };

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
    });
  });

  it('have the documented defaults on a stream', () => {
    expect(resolve('stream')).toEqual({
      mechanism: 'stream',
      concurrency: 1,
      timeout: undefined,
      deadLetter: true,
      lease: 30_000,
      retry: RETRY,
      group: 'workers',
      from: '0',
      onGroupMissing: 'recreate',
    });
  });

  it('have the documented defaults on a queue', () => {
    expect(resolve('queue')).toMatchObject({ mechanism: 'queue', order: 'fifo', lease: 30_000, retry: RETRY });
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
  ])('resolve retry: %j', (retry, resolved) => {
    expect(resolve('queue', { retry })).toMatchObject({ retry: resolved });
  });

  it.each(['0', '$', '5', '1700000000000-3'])('take from: %j', (from) => {
    expect(resolve('stream', { from })).toMatchObject({ from });
  });
});
