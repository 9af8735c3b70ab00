import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { startRedisServer } from '../../tools/redis/start-server.mjs';

type Server = Awaited<ReturnType<typeof startRedisServer>>;

const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** A server that one test may harm. What it has acknowledged is on its disk; it ends with the test. */
export class OwnServer {
  private constructor(
    private server: Server,
    private readonly args: readonly string[],
  ) {}

  /** @param args further arguments; of an option given twice, the later counts. */
  static async start(args: readonly string[] = []): Promise<OwnServer> {
    const dir = await mkdtemp(join(tmpdir(), 'redis-own-'));
    const all = [...DURABLE, ...args];
    const own = new OwnServer(await startRedisServer({ dir, args: all }), all);
    onTestFinished(async () => {
      await own.kill();
      await rm(dir, { recursive: true, force: true });
    });
    return own;
  }

  get url(): string {
    return this.server.url;
  }

  /** kill -9; resolves when it is gone. */
  kill(): Promise<void> {
    return this.server.stop('SIGKILL');
  }

  /** Brings a killed server back, with its data and at its port. Resolves when it has loaded them. */
  async restart(args: readonly string[] = []): Promise<void> {
    const { port, dir } = this.server;
    this.server = await startRedisServer({ port, dir, args: [...this.args, ...args] });
  }

  /** SIGSTOP: its connections stay open and nobody answers. */
  freeze(): void {
    process.kill(this.server.pid, 'SIGSTOP');
  }

  /** SIGCONT. */
  thaw(): void {
    process.kill(this.server.pid, 'SIGCONT');
  }
}

/** How many commands a server has run so far. */
export async function commandCount(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}
