import { describe, expect, it, onTestFinished } from 'vitest';
import { RedisConnection } from '../../lib/connection/index.js';
import { resolveModuleOptions } from '../../lib/options/index.js';
import { monitored } from '../support/monitored.js';
import { plainRedis, redisUrl, unique } from '../support/redis.js';

/** How long a read waits in Redis, and how long beyond that its connection is waited for, in ms. */
const BLOCK = 5_000;
const GRACE = 3_000;

/** Keeps the event loop from turning. */
function holdUp(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('a process that is held up while a read waits, for longer than that may take', () => {
  it('gets what Redis has handed out meanwhile, over the same connection', async () => {
    const [redis, key] = [plainRedis(), unique('stream')];
    await redis.xgroup('CREATE', key, 'group', '0', 'MKSTREAM');
    const options = resolveModuleOptions('default', { connection: redisUrl(), consumer: unique('me') });
    const connection = new RedisConnection(options);
    onTestFinished(() => connection.close());
    const client = connection.openBlocking('the test');
    const read = (block: number) => [
      'XREADGROUP',
      'GROUP',
      'group',
      'me',
      'NOACK',
      'BLOCK',
      block,
      'STREAMS',
      key,
      '>',
    ];
    const idOf = () => client.request(0, () => ['CLIENT', 'ID']);
    const before = await idOf();
    const seen = await monitored();

    const reading = client.readEntries(BLOCK, read);
    await seen.until((commands) => commands.some(({ name, text }) => /^xreadgroup$/i.test(name) && text.includes(key)));
    const added = redis.xadd(key, '*', 'a', 'b');
    // So that it is on its way.
    await new Promise((resolve) => setImmediate(resolve));
    holdUp(BLOCK + GRACE + 300);

    expect(await reading).toEqual([{ id: await added, fields: [Buffer.from('a'), Buffer.from('b')] }]);
    expect(await idOf()).toBe(before);
  });
});
