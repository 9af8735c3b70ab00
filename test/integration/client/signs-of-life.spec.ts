import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { monitored } from '../../support/monitored.js';
import { plainRedis, unique } from '../../support/redis.js';
import { clientOf, serve } from '../../support/requests/serve.js';

/** How long ago the one consumer of a pattern was seen, in ms. */
async function idleOf(redis: Redis, pattern: string): Promise<number> {
  const [row = []] = (await redis.xinfo('CONSUMERS', pattern, 'requests')) as unknown[][];
  return Number(row[row.indexOf('idle') + 1]);
}

describe('a service over streams that nobody asks anything', () => {
  it('shows in Redis that it is there, and takes nothing by that', async () => {
    const pattern = unique('idle');
    const redis = plainRedis();
    @Controller()
    class Adder {
      @MessagePattern(pattern)
      add(n: number): number {
        return n + 1;
      }
    }
    await serve(Adder, { patterns: 'stream', consumer: 'adder' });
    const seen = await monitored();
    // A read without BLOCK and from an id that no entry comes after.
    const sign = ['xreadgroup', 'GROUP', 'requests', 'adder', 'COUNT', '1', 'STREAMS', pattern];
    const start = sign.map((word) => `"${word}"`).join(' ');

    await seen.until((commands) => commands.some(({ text }) => text.toLowerCase().startsWith(start.toLowerCase())));

    expect(await idleOf(redis, pattern)).toBeLessThan(1_000);
    expect(await lastValueFrom(clientOf({ patterns: 'stream' }).send(pattern, 1))).toBe(2);
  });
});
