import type { INestMicroservice } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectation } from '../../sample/02-orders/src/demo/expectation.js';
import { perform } from '../../sample/02-orders/src/demo/perform.js';
import { wrongIn } from '../../sample/02-orders/src/demo/report.js';
import { startApp } from '../../sample/02-orders/src/demo/start-app.js';
import { plainRedis, redisUrl, unique } from '../support/redis.js';

/** Postgres needs a few seconds to start, and the orders as many again. */
const TIME_LIMIT = 90_000;

describe('the sample 02-orders', () => {
  const prefix = `${unique('orders')}:`;
  let app: INestMicroservice;

  beforeAll(async () => {
    vi.stubEnv('REDIS_URL', redisUrl());
    vi.stubEnv('REDIS_KEY_PREFIX', prefix);
    app = await startApp(false);
  }, TIME_LIMIT);

  afterAll(async () => {
    await app.close();
    vi.unstubAllEnvs();
  });

  it(
    'pays every order exactly once in Redis, in Postgres and at the bank, and keeps what cannot be paid with the reason',
    async () => {
      expect(await perform(app, plainRedis(), prefix)).toEqual(expectation());
    },
    TIME_LIMIT,
  );

  it('would notice a single cent', () => {
    const { redis, postgres, ...rest } = expectation();
    const found = { ...rest, redis: { ...redis, 'customer-001': (redis['customer-001'] ?? 0) + 1 }, postgres };
    expect(wrongIn(found, expectation())).toEqual(['redis']);
  });
});
