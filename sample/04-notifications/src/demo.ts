import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { perform } from './demo/perform.js';
import { serve } from './demo/serve.js';
import { redisSettings } from './redis-settings.js';

const print = (line = ''): void => void process.stdout.write(`${line}\n`);

process.exitCode = await main();

/** @returns the exit code: 0 only if the client was told everything once, in order. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { serve: { type: 'boolean', default: false } } });
  // Keys of its own: a shared Redis is not disturbed.
  const prefix = `notifications-demo:${randomBytes(4).toString('hex')}:`;
  process.env['REDIS_KEY_PREFIX'] = prefix;
  try {
    if (values.serve) {
      await serve(print);
      return 0;
    }
    const { got, published } = await perform(print);
    const isRight = got.join() === published.join();
    if (!isRight) print(`Not right: ${published.join(', ')} were published.`);
    return isRight ? 0 : 1;
  } finally {
    await deleteKeys(prefix);
  }
}

async function deleteKeys(prefix: string): Promise<void> {
  const redis = new Redis(redisSettings().connection);
  for await (const keys of redis.scanStream({ match: `${prefix}*` }))
    if ((keys as string[]).length > 0) await redis.unlink(...(keys as string[]));
  redis.disconnect();
}
