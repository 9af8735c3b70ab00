import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type MonitoredCommand, monitored } from '../../support/monitored.js';
import { plainRedis, unique } from '../../support/redis.js';
import { clientOf, serve } from '../../support/requests/serve.js';

/** When the one consumer of a pattern was seen last, by the clock of Redis, in ms. */
async function seenAt(redis: Redis, pattern: string): Promise<number> {
  const replies = await redis.multi().time().xinfo('CONSUMERS', pattern, 'requests').exec();
  const [[, [seconds, micros]], [, [row]]] = replies as [[null, [string, string]], [null, [unknown[]]]];
  return Number(seconds) * 1_000 + Number(micros) / 1_000 - Number(row[row.indexOf('idle') + 1]);
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

    const isSign = ({ text }: MonitoredCommand): boolean => text.toLowerCase().startsWith(start.toLowerCase());
    const commands = await seen.until((all) => all.some(isSign));

    const { at = Infinity } = commands.find(isSign) ?? {};
    expect(await seenAt(redis, pattern)).toBeGreaterThan(at - 1_000);
    expect(await lastValueFrom(clientOf({ patterns: 'stream' }).send(pattern, 1))).toBe(2);
  });
});
