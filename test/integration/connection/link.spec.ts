import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { type TlsOptions, createServer } from 'node:tls';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ClientLink } from '../../../lib/connection/client-link.js';
import type { Argument, Link } from '../../../lib/connection/link.js';
import { openLink } from '../../../lib/connection/open-link.js';
import { RawLink } from '../../../lib/connection/raw-link.js';
import { replyCode } from '../../../lib/connection/redis-errors.js';
import type { Entry } from '../../../lib/connection/stream-entries.js';
import { ConnectionLostError } from '../../../lib/errors/index.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

/** `protocol` stands apart, as the types of ioredis 5 do not have it. */
type ClientOptions = { readonly protocol?: 2 | 3 } & Pick<
  RedisOptions,
  'connectionName' | 'db' | 'keyPrefix' | 'retryStrategy' | 'tls'
>;

async function readyClient(options: ClientOptions = {}, url = redisUrl()): Promise<Redis> {
  const client = new Redis(url, { retryStrategy: () => null, ...options });
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  await once(client, 'ready');
  // ioredis 5 is ready before its own commands are answered.
  await client.ping();
  return client;
}

const owner = (lost: (error: ConnectionLostError) => void = () => undefined) => ({ label: 'the test', lost });

const promiseOf = (link: Link, args: readonly Argument[], reads = false): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const done = (error: unknown, reply: unknown): void => {
      if (error === undefined) resolve(reply);
      else reject(error as Error);
    };
    link.send([{ args, reads, done }]);
  });

type Open = (client: Redis, lost?: (error: ConnectionLostError) => void) => Link;

const KINDS: readonly (readonly [kind: string, protocol: 2 | 3, open: Open])[] = [
  ['raw', 2, (client, lost) => openLink(client, owner(lost))],
  ['raw', 3, (client, lost) => openLink(client, owner(lost))],
  ["a client's", 2, (client, lost) => new ClientLink(client, owner(lost))],
  ["a client's", 3, (client, lost) => new ClientLink(client, owner(lost))],
];

/** A stream with a group, and a read of it for the group's next consumer. */
async function openStream(redis: Redis): Promise<{ key: string; readAs: (consumer: string) => Argument[] }> {
  const key = unique('stream');
  await redis.xgroup('CREATE', key, 'group', '0', 'MKSTREAM');
  const readAs = (consumer: string): Argument[] => [
    'XREADGROUP',
    'GROUP',
    'group',
    consumer,
    'COUNT',
    1_000,
    'STREAMS',
    key,
    '>',
  ];
  return { key, readAs };
}

describe.each(KINDS)('a link, %s, RESP%i', (kind, protocol, open) => {
  const openOwn = async (url = redisUrl(), lost?: (error: ConnectionLostError) => void) => {
    const link = open(await readyClient({ protocol }, url), lost);
    onTestFinished(() => link.destroy('the test is over'));
    expect(link instanceof RawLink).toBe(kind === 'raw');
    return link;
  };

  it('reads binary and empty values, and entries that have been trimmed', async () => {
    const [redis, link] = [plainRedis(), await openOwn()];
    const { key, readAs } = await openStream(redis);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const first = await redis.xadd(key, '*', '$data', bytes, bytes, '');
    const second = await redis.xadd(key, '*', '', '\r\n*1\r\n');

    const entries = (await promiseOf(link, readAs('me'), true)) as Entry[];
    expect(entries).toEqual([
      { id: first, fields: [Buffer.from('$data'), bytes, bytes, Buffer.alloc(0)] },
      { id: second, fields: [Buffer.alloc(0), Buffer.from('\r\n*1\r\n')] },
    ]);

    await redis.xdel(key, first as string);
    const pending = ['XREADGROUP', 'GROUP', 'group', 'me', 'STREAMS', key, '0'];
    expect(await promiseOf(link, pending, true)).toEqual(entries.slice(1));
  });

  it('reads many entries, and one of 20 MB among them', async () => {
    const [redis, link] = [plainRedis(), await openOwn()];
    const { key, readAs } = await openStream(redis);
    const sizes = [...Array.from({ length: 500 }, (_, index) => index * 7), 20_000_000, 3];
    const add = (size: number) => redis.xadd(key, '*', '$data', Buffer.alloc(size, size % 251));
    const ids = await Promise.all(sizes.map(add));

    const entries = (await promiseOf(link, readAs('me'), true)) as Entry[];
    expect(entries.map(({ fields }) => fields[1]?.length)).toEqual(sizes);
    const isWhole = (value: Buffer, size: number): boolean => value.equals(Buffer.alloc(size, size % 251));
    expect(entries.every(({ fields }, index) => isWhole(fields[1] as Buffer, sizes[index] as number))).toBe(true);
    expect(entries.map(({ id }) => id)).toEqual(ids);
    expect(await promiseOf(link, ['ECHO', 'in step'])).toEqual(Buffer.from('in step'));
  });

  it('reads nothing as no entries, also when it waited', async () => {
    const [redis, link] = [plainRedis(), await openOwn()];
    const { readAs } = await openStream(redis);
    expect(await promiseOf(link, readAs('me'), true)).toEqual([]);
    const waiting = readAs('me').toSpliced(6, 0, 'BLOCK', 20);
    expect(await promiseOf(link, waiting, true)).toEqual([]);
  });

  it('rejects with what Redis says, and goes on', async () => {
    const [redis, link] = [plainRedis(), await openOwn()];
    const { key, readAs } = await openStream(redis);
    const refused = (args: readonly Argument[], reads: boolean) =>
      promiseOf(link, args, reads).then(
        () => 'not refused',
        (error: unknown) => replyCode(error),
      );

    expect(await refused(readAs('me').with(2, 'nobody'), true)).toBe('NOGROUP');
    await redis.set(`${key}-text`, 'x');
    expect(await refused(readAs('me').with(7, `${key}-text`), true)).toBe('WRONGTYPE');
    expect(await refused(['XACK', `${key}-text`, 'group', '1-1'], false)).toBe('WRONGTYPE');
    expect(await promiseOf(link, readAs('me'), true)).toEqual([]);
  });

  it('answers what was sent together in order, whatever it is', async () => {
    const [redis, link] = [plainRedis(), await openOwn()];
    const { key, readAs } = await openStream(redis);
    const id = (await redis.xadd(key, '*', 'a', 'b')) as string;
    const answers = new Recorder<unknown>();
    const done = (error: unknown, reply: unknown): void => answers.add(replyCode(error) ?? reply);
    link.send([
      { args: readAs('me'), reads: true, done },
      { args: ['XACK', key, 'group', id], done },
      { args: ['XCLAIM', key, 'group', 'me', 0, id, 'JUSTID'], done },
      { args: ['XACK', key], done },
      { args: ['HGETALL', unique('hash')], done },
      { args: ['SET', key + 'é', Buffer.from([255, 0])], done },
      { args: ['GET', key + 'é'], done },
      { args: readAs('me'), reads: true, done },
    ]);

    const entry = { id, fields: [Buffer.from('a'), Buffer.from('b')] };
    expect(await answers.count(8)).toEqual([[entry], 1, [], 'ERR', [], Buffer.from('OK'), Buffer.from([255, 0]), []]);
  });

  it('tells all that is in flight when the wire is cut, then its owner, and refuses what comes later', async () => {
    const proxy = await TcpProxy.open(redisUrl());
    const told = new Recorder<unknown>();
    const link = await openOwn(proxy.url, told.add);
    const { key, readAs } = await openStream(plainRedis());
    const done = (error: unknown): void => told.add(error);
    const gone = proxy.loseReplyTo(/XACK/i);
    link.send([
      { args: ['XACK', key, 'group', '1-1'], done },
      { args: readAs('me').toSpliced(6, 0, 'BLOCK', 5_000), reads: true, done },
    ]);
    await gone;

    const errors = await told.count(3);
    for (const error of errors) expect(error).toBeInstanceOf(ConnectionLostError);
    link.send([{ args: ['PING'], done }]);
    expect(told.items).toHaveLength(4);
    expect(told.items[3]).toBe(errors[2]);
  });

  it('is told why when it is destroyed, exactly once', async () => {
    const told = new Recorder<unknown>();
    const link = await openOwn(redisUrl(), told.add);
    link.send([{ args: ['BLPOP', unique('list'), 5], done: told.add }]);
    link.destroy('the test wants it so');
    link.destroy('again');
    expect(told.items).toHaveLength(2);
    expect(told.items.map(String)).toEqual(
      Array.from({ length: 2 }, () => expect.stringContaining('the test wants it so')),
    );
  });
});

/** A cipher that needs no certificate. */
const ANONYMOUS: Pick<TlsOptions, 'ciphers' | 'maxVersion'> = {
  ciphers: 'AECDH-AES128-SHA:@SECLEVEL=0',
  maxVersion: 'TLSv1.2',
};

/** Speaks TLS in front of Redis. */
async function openTls(): Promise<string> {
  const { hostname, port } = new URL(redisUrl());
  const server = createServer(ANONYMOUS, (client) => {
    const redis = connect({ host: hostname, port: Number(port) });
    client.pipe(redis).pipe(client);
    client.on('error', () => undefined).on('close', () => redis.destroy());
    redis.on('error', () => undefined).on('close', () => client.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a link of a client', () => {
  const kindOf = async (client: Redis | Cluster | Promise<Redis>): Promise<string> => {
    const link = openLink(await client, owner());
    onTestFinished(() => link.destroy('the test is over'));
    return link.constructor.name;
  };

  it('is a raw one where everything is as expected', async () => {
    expect(await kindOf(readyClient())).toBe('RawLink');
    expect(await kindOf(readyClient({ protocol: 2, connectionName: 'x', db: 1 }))).toBe('RawLink');
  });

  it.each<[string, () => Promise<Redis | Cluster>]>([
    ['is a Cluster', async () => new Cluster([], { lazyConnect: true })],
    ['puts a prefix in front of keys', () => readyClient({ keyPrefix: 'app:' })],
    ['is not connected', async () => new Redis(redisUrl(), { lazyConnect: true })],
    [
      'is subscribed',
      async () => {
        const client = await readyClient();
        await client.subscribe(unique('channel'));
        return client;
      },
    ],
    [
      'waits for an answer',
      async () => {
        const client = await readyClient();
        client.ping().catch(() => undefined);
        return client;
      },
    ],
    [
      'has somebody else listening to its socket',
      async () => {
        const client = await readyClient();
        (client as unknown as { stream: NodeJS.EventEmitter }).stream.on('data', () => undefined);
        return client;
      },
    ],
    [
      'hides its socket',
      async () => {
        const client = await readyClient();
        const { stream } = client as unknown as { stream: NodeJS.EventEmitter };
        onTestFinished(() => void Object.assign(client, { stream }));
        return Object.assign(client, { stream: undefined });
      },
    ],
  ])('that %s goes through its methods', async (_, client) => {
    expect(await kindOf(await client())).toBe('ClientLink');
  });

  it('is a raw one over TLS as well', async () => {
    const client = await readyClient({ tls: { ...ANONYMOUS, rejectUnauthorized: false } }, await openTls());
    const link = openLink(client, owner());
    onTestFinished(() => link.destroy('the test is over'));
    expect(link).toBeInstanceOf(RawLink);
    const large = Buffer.alloc(1_000_000, 'x');
    const echoed = (await promiseOf(link, ['ECHO', large])) as Buffer;
    expect(echoed.equals(large)).toBe(true);
  });

  it('keeps the database that was selected', async () => {
    const key = unique('key');
    const redis = plainRedis();
    await redis.select(3);
    onTestFinished(async () => void (await redis.del(key)));
    await redis.set(key, 'three');
    const link = openLink(await readyClient({ db: 3 }), owner());
    onTestFinished(() => link.destroy('the test is over'));
    expect(await promiseOf(link, ['GET', key])).toEqual(Buffer.from('three'));
  });

  it('passes over what Redis sends without being asked', async () => {
    const link = openLink(await readyClient({ protocol: 3 }), owner());
    onTestFinished(() => link.destroy('the test is over'));
    const [redis, key] = [plainRedis(), unique('key')];
    await promiseOf(link, ['CLIENT', 'TRACKING', 'ON']);
    await promiseOf(link, ['GET', key]);
    await redis.set(key, 'x');
    expect(await promiseOf(link, ['GET', key])).toEqual(Buffer.from('x'));
  });

  it('makes no new connection when its own is cut, whatever the client is told', async () => {
    const proxy = await TcpProxy.open(redisUrl());
    const client = await readyClient({ retryStrategy: () => 1 }, proxy.url);
    const told = new Recorder<unknown>();
    const link = openLink(client, owner(told.add));
    await promiseOf(link, ['ECHO', 'seen']);
    const again = new Recorder<unknown>();
    client.on('ready', again.add);
    expect(proxy.reset(/ECHO/)).toBe(1);
    await told.count(1);
    expect(client.status).not.toBe('ready');
    await plainRedis().ping();
    expect(again.items).toEqual([]);
  });
});
