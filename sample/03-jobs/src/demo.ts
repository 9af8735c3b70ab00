import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { INestMicroservice } from '@nestjs/common';
import { Redis } from 'ioredis';
import { expectation } from './demo/expectation.js';
import { perform } from './demo/perform.js';
import { deleteKeys } from './demo/plain-redis.js';
import { print, report, wrongIn } from './demo/report.js';
import { startApp } from './demo/start-app.js';
import { redisSettings } from './redis-settings.js';

process.exitCode = await main();

/** @returns the exit code: 0 only if every mail has come to the end that was planned. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { verbose: { type: 'boolean', default: false } } });
  // Keys of its own: a shared Redis is not disturbed, and what earlier runs left does not matter.
  const prefix = `jobs-demo:${randomBytes(4).toString('hex')}:`;
  process.env['REDIS_KEY_PREFIX'] = prefix;
  const redis = new Redis(redisSettings().connection);
  let app: INestMicroservice | undefined;
  try {
    app = await startApp(values.verbose ? ['error', 'warn', 'log'] : false);
    print('Sending mails to servers that do not take all of them …');
    print();
    const [found, expected] = [await perform(app, redis, prefix), expectation()];
    const isRight = wrongIn(found, expected).length === 0;
    report(found, expected);
    print();
    print(isRight ? 'Everything is exactly right.' : 'Not everything is right. --verbose shows the log.');
    return isRight ? 0 : 1;
  } finally {
    await app?.close();
    await deleteKeys(redis, prefix);
    redis.disconnect();
  }
}
