import { deepStrictEqual } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { EXPECTED } from './demo/expectation.js';
import { perform } from './demo/perform.js';
import { redisSettings } from './redis-settings.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

// Keys of its own: a shared Redis is not disturbed.
const prefix = `requests-demo:${randomBytes(4).toString('hex')}:`;
process.env['REDIS_KEY_PREFIX'] = prefix;
try {
  deepStrictEqual(await perform(print), EXPECTED);
  print('Every answer is right.');
} finally {
  await deleteKeys();
}

async function deleteKeys(): Promise<void> {
  const redis = new Redis(redisSettings().connection);
  for await (const keys of redis.scanStream({ match: `${prefix}*` }))
    if ((keys as string[]).length > 0) await redis.unlink(...(keys as string[]));
  redis.disconnect();
}
