import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RedisConnection } from '../../../lib/connection/index.js';
import { resolveModuleOptions } from '../../../lib/options/index.js';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { type MonitoredCommand, monitored } from '../../support/monitored.js';
import { redisUrl, unique } from '../../support/redis.js';

function openConnection(url = redisUrl()): RedisConnection {
  const connection = new RedisConnection(resolveModuleOptions('default', { connection: url, consumer: unique('me') }));
  onTestFinished(() => connection.close());
  return connection;
}

const socketOf = (client: unknown): Socket => (client as { stream: Socket }).stream;

beforeAll(() => Logger.overrideLogger(false));

describe('the command connection', () => {
  it('writes what is sent in one turn of the event loop at once, and answers each of it', async () => {
    const [connection, key] = [openConnection(), unique('key')];
    const socket = socketOf(await connection.command());
    await connection.ping(5_000);

    const add = async (): Promise<number> => (await connection.command()).incr(key);
    const first = add();
    const written = socket.bytesWritten - socket.writableLength;
    const others = Array.from({ length: 99 }, add);
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(socket.writableLength).toBeGreaterThan(99 * 10);
    expect(socket.bytesWritten - socket.writableLength).toBe(written);
    expect(await Promise.all([first, ...others])).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(socket.writableCorked).toBe(0);
  });

  it('costs Redis nothing while it is idle', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const [connection, mark] = [openConnection(), unique('mark')];
    await (await connection.command()).echo(mark);
    const seen = await monitored();

    vi.advanceTimersByTime(60_000);
    await (await connection.command()).echo(mark);
    const isMine = ({ text }: MonitoredCommand): boolean => text.includes(mark);
    const own = (await seen.until((commands) => commands.some(isMine))).find(isMine);
    expect(seen.items.filter(({ source }) => source === own?.source)).toHaveLength(1);
  });

  it('rejects a command soon when the server stops answering without a word', { timeout: 30_000 }, async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const connection = openConnection(server.url);
    const client = (await connection.command()) as Redis;
    await client.ping();
    process.kill(server.pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(server.pid, 'SIGCONT'));

    const since = Date.now();
    await expect(client.set('a', 1)).rejects.toBeInstanceOf(Error);
    expect(Date.now() - since).toBeGreaterThan(4_000);
    expect(Date.now() - since).toBeLessThan(15_000);
    expect(connection.state.isUp).toBe(false);

    process.kill(server.pid, 'SIGCONT');
    expect(await (await connection.command()).ping()).toBe('PONG');
  });

  it('is left alone by the watch while answers come, however long the process was held up', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const connection = openConnection();
    const client = (await connection.command()) as Redis;
    const socket = socketOf(client);
    for (let turn = 0; turn < 20; turn += 1) {
      const answer = client.ping();
      vi.advanceTimersByTime(1_000);
      await answer;
    }
    expect(socketOf(client)).toBe(socket);
    expect(socket.destroyed).toBe(false);
  });
});
