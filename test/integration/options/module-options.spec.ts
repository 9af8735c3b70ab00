import { Redis } from 'ioredis';
import { InvalidOptionError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { moduleRefusal } from './refused.js';

const CONNECTION =
  'a redis:// or rediss:// URL, ioredis options, { cluster, options }, { sentinels, name } or { create: (role) => client }.';
const DATABASE_URL = 'a URL whose path is the number of a database, or none.';
const NO_PREFIX = 'left out: use the keyPrefix of RedisFlowModule.';
const MODULE = 'connection, group, consumer, keyPrefix, codec, patterns, defaults, shutdown, consume.';

const CASES: [flow: object, option: string, text: string][] = [
  [{ gruop: 'orders' }, 'gruop', `is "orders", but must be left out: the known options are ${MODULE}`],
  [{ connection: undefined }, 'connection', `is undefined, but must be ${CONNECTION}`],
  [{ connection: 6379 }, 'connection', `is 6379, but must be ${CONNECTION}`],
  [{ connection: 'localhost:6379' }, 'connection', `is "localhost:6379", but must be ${CONNECTION}`],
  [{ connection: 'redis://' }, 'connection', `is "redis://", but must be ${CONNECTION}`],
  [{ connection: 'redis://host:99999' }, 'connection', `is "redis://host:99999", but must be ${CONNECTION}`],
  [{ connection: 'redis://a b' }, 'connection', `is "redis://a b", but must be ${CONNECTION}`],
  [{ connection: 'redis://x/abc' }, 'connection', `is "redis://x/abc", but must be ${DATABASE_URL}`],
  [{ connection: 'redis://:secret@x/1/2' }, 'connection', `is "redis://***@x/1/2", but must be ${DATABASE_URL}`],
  [{ connection: { host: 'x', db: NaN } }, 'connection.db', 'is NaN, but must be the number of a database.'],
  [{ connection: { host: 'x', db: -1 } }, 'connection.db', 'is -1, but must be the number of a database.'],
  [
    { connection: { url: 'redis://:secret@x' } },
    'connection.url',
    'is "redis://***@x", but must be left out: the URL itself is the connection.',
  ],
  [
    { connection: { nodes: ['x'] } },
    'connection.nodes',
    'is ["x"], but must be left out: the nodes of a Cluster are the array "cluster".',
  ],
  [
    { connection: new Redis({ lazyConnect: true }) },
    'connection',
    'is "a client", but must be its options, or { create: (role) => client } that makes one for each role.',
  ],
  [{ connection: { create: 'redis' } }, 'connection', `is {"create":"redis"}, but must be ${CONNECTION}`],
  [{ connection: { cluster: [] } }, 'connection.cluster', 'is [], but must be an array with at least one node.'],
  [{ connection: { host: 'x', keyPrefix: 'a:' } }, 'connection.keyPrefix', `is "a:", but must be ${NO_PREFIX}`],
  [{ connection: 'redis://x?keyPrefix=a:' }, 'connection', `is "redis://x?keyPrefix=a:", but must be ${NO_PREFIX}`],
  [
    { connection: { cluster: [{ port: 1 }], options: { keyPrefix: 'a:' } } },
    'connection.options.keyPrefix',
    `is "a:", but must be ${NO_PREFIX}`,
  ],
  [
    { connection: { cluster: [{ port: 1 }], options: { redisOptions: { keyPrefix: 'a:' } } } },
    'connection.options.redisOptions.keyPrefix',
    `is "a:", but must be ${NO_PREFIX}`,
  ],
  [{ group: 5 }, 'group', 'is 5, but must be a non-empty string.'],
  [{ consumer: '' }, 'consumer', 'is "", but must be a non-empty string.'],
  [{ keyPrefix: 5 }, 'keyPrefix', 'is 5, but must be a string.'],
  [{ codec: { encode: String } }, 'codec', 'is {}, but must be an object with encode(data) and decode(payload).'],
  [{ consume: 'no' }, 'consume', 'is "no", but must be true or false.'],
  [
    { shutdown: { timeout: -1 } },
    'shutdown.timeout',
    'is -1, but must be a whole number of milliseconds from 0 to 2147483647.',
  ],
  [{ shutdown: 5_000 }, 'shutdown', 'is 5000, but must be an object with timeout.'],
  [
    { defaults: { stream: { lease: 1 } } },
    'defaults.stream.lease',
    'is 1, but must be a whole number of milliseconds from 100 to 2147483647.',
  ],
  [
    { defaults: { queue: { retry: { backoff: { type: 'fixed', delay: -1 } } } } },
    'defaults.queue.retry.backoff.delay',
    'is -1, but must be a whole number of milliseconds from 0 to 2147483647.',
  ],
  [
    { defaults: { channel: { retry: false } } },
    'defaults.channel.retry',
    'is false, but must be left out: the known options are connection, concurrency, timeout, buffer, overflow, sharded.',
  ],
  [
    { defaults: { stream: { connection: 'billing' } } },
    'defaults.stream.connection',
    'is "billing", but must be left out: only a handler names its connection.',
  ],
  [
    { defaults: { streams: {} } },
    'defaults.streams',
    'is {}, but must be left out: the known options are channel, stream, queue.',
  ],
];

describe('an option of the module that is wrong is refused when the application is made', () => {
  it.each(CASES)('%j', async (flow, option, text) => {
    const refusal = await moduleRefusal(flow);
    expect(refusal?.error).toBeInstanceOf(InvalidOptionError);
    expect(refusal?.error.message).toBe(`RedisFlowModule: option "${option}" ${text}`);
    expect(refusal?.step).toBe('compile');
  });

  it('without showing a password', async () => {
    const refusal = await moduleRefusal({ connection: 'redis://user:pass@word@host:99999' });
    expect(refusal?.error.message).toBe(
      `RedisFlowModule: option "connection" is "redis://***@host:99999", but must be ${CONNECTION}`,
    );
  });
});
