import { describe, expect, it } from 'vitest';
import { listIntoStream, listToStream } from '../../sample/05-migration/src/list-to-stream/walk.js';
import { pubsubToStream } from '../../sample/05-migration/src/pubsub-to-stream/walk.js';
import { type Walk, walk } from '../../sample/05-migration/src/walk.js';
import { xreadStraightToGroup, xreadToGroup } from '../../sample/05-migration/src/xread-to-group/walk.js';
import { redisUrl, unique } from '../support/redis.js';

const handledOn = (way: Walk): Promise<readonly string[]> =>
  walk(way, { connection: redisUrl(), keyPrefix: `${unique('migration')}:`, say: () => undefined });

describe('the sample 05-migration', () => {
  it('goes from XREAD to a reader and to a group without a gap and without a double', async () => {
    expect(await handledOn(xreadToGroup)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  it('goes from XREAD straight to a group without a gap and without a double', async () => {
    expect(await handledOn(xreadStraightToGroup)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('goes from Pub/Sub to a stream, misses nothing from the first step on, and repeats only while there are both', async () => {
    const handled = await handledOn(pubsubToStream);
    expect(handled).toEqual(['apples', 'plums', 'cherries', 'cherries', 'quinces', 'grapes']);
  });

  it('moves a live list, with jobs for later and foreign ones, into a stream without a gap and without a double', async () => {
    const handled = await handledOn(listIntoStream);
    expect(handled.toSorted((a, b) => a.localeCompare(b))).toEqual(['ann', 'bob', 'cid', 'dan', 'eve', 'fay']);
  });

  it('goes from a list to a stream without a gap and without a double', async () => {
    expect((await handledOn(listToStream)).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'ann',
      'bob',
      'cid',
      'dan',
      'eve',
    ]);
  });
});
