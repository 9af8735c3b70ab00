import { jsonCodec } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { resolveModuleOptions } from '../../../lib/options/index.js';

const connection = 'redis://127.0.0.1:6379';

describe("the module's options", () => {
  it('have defaults', () => {
    expect(resolveModuleOptions('default', { connection })).toEqual({
      name: 'default',
      connection,
      group: undefined,
      consumer: expect.stringMatching(new RegExp(`-${process.pid}-[0-9a-f]{6}$`)),
      isConsumerNamed: false,
      keyPrefix: '',
      codec: jsonCodec,
      defaults: {},
      shutdown: { timeout: 10_000 },
      consume: true,
    });
  });

  it('are kept as they were given', () => {
    const given = {
      connection: { host: 'redis', port: 1 },
      group: 'orders',
      consumer: 'me',
      keyPrefix: 'app:',
      codec: { encode: String, decode: String },
      defaults: { stream: { lease: 500 } },
      shutdown: { timeout: 0 },
      consume: false,
    };
    expect(resolveModuleOptions('billing', given)).toEqual({ name: 'billing', isConsumerNamed: true, ...given });
  });

  it('take undefined for not set', () => {
    const options = { connection, codec: undefined, keyPrefix: undefined, defaults: undefined, consume: undefined };
    const unset = { ...options, shutdown: { timeout: undefined } } as never;
    expect(resolveModuleOptions('default', unset)).toMatchObject({
      codec: jsonCodec,
      keyPrefix: '',
      defaults: {},
      consume: true,
      shutdown: { timeout: 10_000 },
    });
  });

  it('name each consumer differently', () => {
    const [one, two] = [1, 2].map(() => resolveModuleOptions('default', { connection }).consumer);
    expect(one).not.toBe(two);
  });
});
