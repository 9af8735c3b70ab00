import { OptionNotAvailableError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { moduleRefusal, refusalOf } from './refused.js';

const LATER = 'is not available yet in this version;';

type Case = [kind: 'channel' | 'stream' | 'queue', options: object, option: string, shown: string, allowed: string];

const CASES: Case[] = [
  ['channel', { sharded: true }, 'sharded', 'true', 'allowed for now: channels that are not sharded.'],
];

describe('an option that a later version will have is refused, not ignored', () => {
  it.each(CASES)('on a %s: %o', async (kind, options, option, shown, allowed) => {
    const refusal = await refusalOf(kind, options);
    expect(refusal?.error).toBeInstanceOf(OptionNotAvailableError);
    expect(refusal?.error.message).toBe(`Orders.handle: option "${option}" with ${shown} ${LATER} ${allowed}`);
    expect(refusal?.error).toMatchObject({ code: 'OPTION_NOT_AVAILABLE', owner: 'Orders.handle', option });
  });

  it('also among the defaults of the module', async () => {
    const refusal = await moduleRefusal({ defaults: { channel: { sharded: true } } as object });
    expect(refusal?.error.message).toBe(
      `RedisFlowModule: option "defaults.channel.sharded" with true ${LATER} allowed for now: channels that are not sharded.`,
    );
  });

  it('also a connection in memory', async () => {
    const refusal = await moduleRefusal({ connection: 'memory://' });
    expect(refusal?.error).toBeInstanceOf(OptionNotAvailableError);
    expect(refusal?.error.message).toBe(
      `RedisFlowModule: option "connection" with "memory://" ${LATER} allowed for now: a redis:// or rediss:// URL, ioredis options, { cluster, options }, { sentinels, name } or { create: (role) => client }.`,
    );
  });
});
