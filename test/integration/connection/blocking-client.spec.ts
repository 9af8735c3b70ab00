import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { type BlockingCommand, BlockingClient } from '../../../lib/connection/blocking-client.js';
import type { Argument, Request } from '../../../lib/connection/link.js';
import { ConnectionLostError } from '../../../lib/errors/index.js';
import { Recorder } from '../../support/recorder.js';
import { eventually } from '../../support/eventually.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const KINDS = [
  ['its own way', true],
  ["ioredis' way", false],
] as const;

/** A client that is closed with the test; one that somebody else listens to does not get its socket taken. */
function openClient(url = redisUrl(), isTaken = true): BlockingClient {
  const create = (): Redis => {
    const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    const listen = (): void =>
      void (redis as unknown as { stream: NodeJS.EventEmitter }).stream.on('data', () => undefined);
    if (!isTaken) redis.on('ready', listen);
    return redis;
  };
  const redis = plainRedis();
  const client = new BlockingClient(
    'the test',
    create,
    (id) => redis.client('UNBLOCK', id),
    (id) => redis.client('KILL', 'ID', id),
    () => undefined,
  );
  onTestFinished(() => client.close());
  return client;
}

async function openGroup(): Promise<{ redis: Redis; key: string; read: BlockingCommand }> {
  const [redis, key] = [plainRedis(), unique('stream')];
  await redis.xgroup('CREATE', key, 'group', '0', 'MKSTREAM');
  const read = (block: number): Argument[] => [
    'XREADGROUP',
    'GROUP',
    'group',
    'me',
    'COUNT',
    10,
    'BLOCK',
    block,
    'STREAMS',
    key,
    '>',
  ];
  return { redis, key, read };
}

/** A command that is done with its reply or its error. */
function noted(...args: readonly Argument[]): { request: Request; done: Recorder<unknown> } {
  const done = new Recorder<unknown>();
  return { request: { args, done: (error, reply) => done.add(error ?? reply) }, done };
}

describe.each(KINDS)('a reading connection, %s', (_, isTaken) => {
  it('sends acks and the next read together, and the acks are done before the read has waited', async () => {
    const { redis, key, read } = await openGroup();
    const client = openClient(redisUrl(), isTaken);
    const id = (await redis.xadd(key, '*', 'a', 'b')) as string;
    expect(await client.readEntries(1_000, read)).toEqual([{ id, fields: [Buffer.from('a'), Buffer.from('b')] }]);

    const ack = noted('XACK', key, 'group', id);
    const refused = noted('XACK', key);
    const next = client.readEntries(5_000, read, [ack.request, refused.request]);
    expect(await ack.done.count(1)).toEqual([1]);
    expect(await refused.done.count(1)).toMatchObject([{ name: 'ReplyError' }]);
    const second = await redis.xadd(key, '*', 'c', 'd');
    expect(await next).toMatchObject([{ id: second }]);
  });

  it('tells every command that was sent with a read when the wire is cut, and is made anew', async () => {
    const { key, read } = await openGroup();
    const proxy = await TcpProxy.open(redisUrl());
    const client = openClient(proxy.url, isTaken);
    await client.open();
    const ack = noted('XACK', key, 'group', '1-1');
    const lost = proxy.loseReplyTo(/xack/i);
    const reading = client.readEntries(5_000, read, [ack.request]);
    await expect(reading).rejects.toBeInstanceOf(ConnectionLostError);
    await lost;
    expect(ack.done.items).toEqual([expect.any(ConnectionLostError)]);
    expect(await client.readEntries(1, read)).toEqual([]);
  });

  it('keeps its connection when Redis refuses', async () => {
    const { redis, read } = await openGroup();
    const client = openClient(redisUrl(), isTaken);
    const id = async () => client.request(0, () => ['CLIENT', 'ID']);
    const before = await id();
    await expect(client.readEntries(1, () => ['XREADGROUP'])).rejects.toMatchObject({ name: 'ReplyError' });
    expect(await client.readEntries(1, read)).toEqual([]);
    expect(await id()).toBe(before);
    await redis.client('KILL', 'ID', before as number);
    await eventually(async () => expect(await id()).not.toBe(before));
  });

  it('is woken, also with another read waiting behind', async () => {
    const { read } = await openGroup();
    const client = openClient(redisUrl(), isTaken);
    await client.open();
    // Longer than this test may last.
    const reads = [client.readEntries(60_000, read), client.readEntries(60_000, read)];
    await client.wake();
    expect(await Promise.all(reads)).toEqual([[], []]);
  });

  it('can be closed at any time, and refuses what comes later', async () => {
    const { read } = await openGroup();
    const client = openClient(redisUrl(), isTaken);
    await client.open();
    const reading = client.readEntries(10_000, read);
    const late = noted('PING');
    client.close();
    await expect(reading).rejects.toBeInstanceOf(ConnectionLostError);
    await expect(client.readEntries(1, read, [late.request])).rejects.toThrow('it was closed');
    expect(late.done.items).toEqual([expect.any(ConnectionLostError)]);
  });

  it('gives up a server that does not answer in time, and the commands sent with the read', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const client = openClient(server.url, isTaken);
    await client.open();
    process.kill(server.pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(server.pid, 'SIGCONT'));
    const ack = noted('XACK', 'a', 'group', '1-1');
    const since = Date.now();
    const reading = client.readEntries(500, () => ['XREAD', 'BLOCK', 500, 'STREAMS', 'a', '0'], [ack.request]);
    await expect(reading).rejects.toThrow('no answer within 3500 ms');
    expect(Date.now() - since).toBeGreaterThan(3_000);
    expect(ack.done.items).toEqual([expect.any(ConnectionLostError)]);
  });
});

describe('a reading connection that cannot be made', () => {
  it('tells the read and what was to be sent with it', async () => {
    const server = await startRedisServer();
    await server.stop();
    const client = openClient(server.url);
    const ack = noted('PING');
    await expect(client.readEntries(1, () => ['PING'], [ack.request])).rejects.toBeInstanceOf(ConnectionLostError);
    expect(ack.done.items).toEqual([expect.any(ConnectionLostError)]);
  });
});
