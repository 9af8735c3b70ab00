import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { listIntoStream, listToStream } from './list-to-stream/walk.js';
import { pubsubToStream } from './pubsub-to-stream/walk.js';
import { walk } from './walk.js';
import { xreadToGroup } from './xread-to-group/walk.js';

const WALKS = {
  'XREAD → group': xreadToGroup,
  'Pub/Sub → stream': pubsubToStream,
  'list → stream': listToStream,
  'list → stream, moved': listIntoStream,
};

const print = (line = ''): void => void process.stdout.write(`${line}\n`);

const connection = process.env['REDIS_URL'] || 'redis://127.0.0.1:6379';
// Keys of its own: a shared Redis is not disturbed.
const keyPrefix = `migration-demo:${randomBytes(4).toString('hex')}:`;
try {
  for (const [title, way] of Object.entries(WALKS)) {
    print(title);
    const handled = await walk(way, { connection, keyPrefix, say: (what) => print(`  ${what}`) });
    print(`  Handled: ${handled.join(', ')}.`);
    print();
  }
} finally {
  await deleteKeys();
}

async function deleteKeys(): Promise<void> {
  const redis = new Redis(connection);
  for await (const keys of redis.scanStream({ match: `${keyPrefix}*` }))
    if ((keys as string[]).length > 0) await redis.unlink(...(keys as string[]));
  redis.disconnect();
}
