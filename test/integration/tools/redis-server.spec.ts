import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { redisServerBinary } from '../../../tools/redis/server-binary.mjs';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { eventually } from '../../support/eventually.js';

const tool = (path: string): string => fileURLToPath(new URL(`../../../tools/${path}`, import.meta.url));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redis-tools-spec-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('startRedisServer', () => {
  it('starts servers beside each other, each answering on its own port', async () => {
    const servers = await Promise.all([started(), started()]);

    expect(await Promise.all(servers.map(({ url }) => ask(url, (redis) => redis.ping())))).toEqual(['PONG', 'PONG']);
    expect(new Set(servers.map(({ port }) => port)).size).toBe(2);
  });

  it('keeps nothing on disk by default, and lets arguments override that', async () => {
    const config = (url: string): Promise<unknown> => ask(url, (redis) => redis.config('GET', 'save', 'appendonly'));

    expect(await config((await started()).url)).toEqual(expect.arrayContaining(['save', '', 'appendonly', 'no']));
    const lasting = await started({ args: ['--save', '60 1', '--appendonly', 'yes'] });
    expect(await config(lasting.url)).toEqual(expect.arrayContaining(['save', '60 1', 'appendonly', 'yes']));
  });

  it('ends the process and removes its folder on stop, however often it is called', async () => {
    const server = await started();
    expect([isRunning(server.pid), existsSync(server.dir)]).toEqual([true, true]);

    await Promise.all([server.stop(), server.stop()]);
    await server.stop();

    expect([isRunning(server.pid), existsSync(server.dir)]).toEqual([false, false]);
  });

  it('comes back on the same port and folder with its data', async () => {
    const options = { dir: folder, args: ['--appendonly', 'yes', '--appendfsync', 'always'] };
    const first = await started(options);
    await ask(first.url, (redis) => redis.set('kept', 'yes'));
    await first.stop('SIGKILL');

    const second = await started({ ...options, port: first.port });

    expect(second.url).toBe(first.url);
    expect(await ask(second.url, (redis) => redis.get('kept'))).toBe('yes');
    await second.stop();
    expect(existsSync(folder)).toBe(true);
  });

  it('rejects with the output of a server that ends early', async () => {
    await expect(startRedisServer({ args: ['--no-such-option', 'x'] })).rejects.toThrow(
      /ended with code 1[^]*no-such-option/,
    );
  });

  it('rejects when the port that it was given is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;

    await expect(startRedisServer({ port })).rejects.toThrow(/address already in use/i);
  });

  it('takes another port when its own was taken in the meantime', async () => {
    const binary = join(folder, 'unlucky-server');
    const script = `mkdir ${folder}/tried && { echo 'bind: Address already in use'; exit 1; }`;
    await writeFile(binary, `#!/bin/sh\n${script}\nexec ${await redisServerBinary()} "$@"\n`, { mode: 0o755 });

    const server = await started({ binary });

    expect(existsSync(join(folder, 'tried'))).toBe(true);
    expect(await ask(server.url, (redis) => redis.ping())).toBe('PONG');
  });

  it('rejects when the program cannot be started', async () => {
    await expect(startRedisServer({ binary: join(folder, 'missing') })).rejects.toThrow(
      /missing could not be started: .*ENOENT/,
    );
  });

  it('does not outlive a process that exits without stopping it', async () => {
    const { code, out } = await node(
      ['--input-type=module', '--eval', EXIT_WITHOUT_STOP, tool('redis/start-server.mjs')],
      {},
    );
    const { port, dir } = JSON.parse(out) as { port: number; dir: string };

    expect(code).toBe(3);
    // Not by its process id: nobody may be there to reap an orphan.
    await eventually(async () => expect(await isListening(port)).toBe(false));
    expect(existsSync(dir)).toBe(false);
  });

  it('names the ways out when there is no server and none can be installed', async () => {
    const { code, err } = await node([tool('with-redis.mjs'), process.execPath, '--version'], {
      PATH: folder,
      REDIS_SERVER_BINARY: '',
    });

    expect(code).toBe(1);
    expect(err).toContain('set REDIS_URL to a running Redis 7+ (or Valkey)');
    expect(err).toContain('put redis-server or valkey-server on the PATH');
    expect(err).toContain('run as root or with password-less sudo');
  });
});

describe('with-redis', () => {
  it('starts a Redis, passes it on as REDIS_URL, and ends it when the command is done', async () => {
    const { code, out } = await node([tool('with-redis.mjs'), process.execPath, '--eval', PRINT_SERVER_PID], {});

    expect(code).toBe(7);
    expect(Number(out)).toBeGreaterThan(0);
    expect(isRunning(Number(out))).toBe(false);
  });

  it('uses the Redis of REDIS_URL and leaves it running', async () => {
    const server = await started();
    const REDIS_URL = server.url;
    const { code, out } = await node([tool('with-redis.mjs'), process.execPath, '--eval', PRINT_SERVER_PID], {
      REDIS_URL,
    });

    expect([code, Number(out)]).toEqual([7, server.pid]);
    expect(isRunning(server.pid)).toBe(true);
  });

  it('refuses a REDIS_URL that does not answer, without showing its password', async () => {
    const server = await started();
    await server.stop();
    const REDIS_URL = `redis://user:secret@127.0.0.1:${server.port}`;
    const { code, out, err } = await node([tool('with-redis.mjs'), process.execPath, '--version'], { REDIS_URL });

    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`no Redis answers at redis://user@127.0.0.1:${server.port}`);
    expect(err).not.toContain('secret');
  });

  it('forwards SIGTERM and returns 128 + n for a command that died of it', async () => {
    const child = spawnNode([tool('with-redis.mjs'), process.execPath, '--eval', STAY_UNTIL_KILLED], {});
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const [command, server] = String(line).split(' ').map(Number);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');

    expect(code).toBe(128 + 15);
    expect([isRunning(Number(command)), isRunning(Number(server))]).toEqual([false, false]);
  });

  it('returns 127 for a command that does not exist, and 2 for none', async () => {
    const missing = await node([tool('with-redis.mjs'), join(folder, 'missing')], {});
    const none = await node([tool('with-redis.mjs')], {});

    expect([missing.code, none.code]).toEqual([127, 2]);
    expect(missing.err).toContain('could not be started');
    expect(none.err).toContain('Usage: node tools/with-redis.mjs <command>');
  });
});

const EXIT_WITHOUT_STOP = `
  const { startRedisServer } = await import(process.argv[1]);
  const { port, dir } = await startRedisServer();
  process.stdout.write(JSON.stringify({ port, dir }), () => process.exit(3));
`;

const ASK_SERVER_PID = `
  const { Redis } = require('ioredis');
  const redis = new Redis(process.env.REDIS_URL);
  const serverPid = async () => Number(/process_id:(\\d+)/.exec(await redis.info('server'))[1]);
`;

const PRINT_SERVER_PID = `${ASK_SERVER_PID}
  serverPid().then((pid) => process.stdout.write(String(pid), () => process.exit(7)));
`;

const STAY_UNTIL_KILLED = `${ASK_SERVER_PID}
  serverPid().then((pid) => process.stdout.write(process.pid + ' ' + pid));
`;

async function started(options?: Parameters<typeof startRedisServer>[0]) {
  const server = await startRedisServer(options);
  onTestFinished(() => server.stop());
  return server;
}

async function ask<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function spawnNode(args: string[], env: Record<string, string>) {
  // An empty REDIS_URL counts as none: the spec may itself run with one.
  return spawn(process.execPath, args, {
    env: { ...process.env, REDIS_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function node(args: string[], env: Record<string, string>) {
  const child = spawnNode(args, env);
  const [[code], out, err] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code: code as number | null, out, err };
}
