// The README's quick start, as a newcomer would type it: its code blocks are compiled, and its worker is run.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { startRedisServer } from '../../tools/redis/start-server.mjs';

const README = new URL('../../README.md', import.meta.url);
const NAMED_BLOCK = /```ts\n\/\/ (src\/\S+)\n(.*?)```/gs;
const NAMES = new Set(['src/app.module.ts', 'src/orders.controller.ts', 'src/main.ts', 'src/worker.ts']);
const TIME_LIMIT = 60_000;

/** What the README's handlers print for one order, in any order. */
const EXPECTED = ['charging 9.5, attempt 1', 'mail to 7', '7: order o-1 is paid'];

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    module: 'nodenext',
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    isolatedModules: true,
    strict: true,
    skipLibCheck: true,
  },
  include: ['src'],
};

/**
 * Writes the README's files into a project of their own.
 *
 * @param {string} folder
 */
export function writeQuickStart(folder) {
  const files = [...readFileSync(README, 'utf8').matchAll(NAMED_BLOCK)];
  assert.deepEqual(new Set(files.map(([, name]) => name)), NAMES);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  for (const [, name = '', code = ''] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), code);
  }
}

/**
 * Runs the compiled worker on a Redis of its own, sends it an order as redis-cli would, and ends it with SIGTERM.
 *
 * @param {string} folder
 */
export async function runQuickStart(folder) {
  const server = await startRedisServer();
  const redis = new Redis(server.url);
  const worker = spawn(process.execPath, ['dist/worker.js'], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', REDIS_URL: server.url },
  });
  const limit = setTimeout(() => worker.kill('SIGKILL'), TIME_LIMIT);
  try {
    let output = '';
    /** @param {Buffer} chunk */
    const read = (chunk) => {
      output += chunk;
      if (EXPECTED.every((line) => output.includes(line))) worker.kill('SIGTERM');
    };
    worker.stdout.on('data', read);
    worker.stderr.on('data', read);
    await redis.xadd('orders', '*', 'id', 'o-1', 'userId', '7', 'amount', '9.5');
    const [, signal] = await once(worker, 'exit');
    assert.equal(signal, 'SIGTERM', `the worker did not do what the README says:\n${output}`);
  } finally {
    clearTimeout(limit);
    redis.disconnect();
    await server.stop();
  }
}
