import type { INestMicroservice } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectation } from '../../sample/03-jobs/src/demo/expectation.js';
import { perform } from '../../sample/03-jobs/src/demo/perform.js';
import { wrongIn } from '../../sample/03-jobs/src/demo/report.js';
import { startApp } from '../../sample/03-jobs/src/demo/start-app.js';
import { plainRedis, redisUrl, unique } from '../support/redis.js';

describe('the sample 03-jobs', () => {
  const prefix = `${unique('jobs')}:`;
  let app: INestMicroservice;

  beforeAll(async () => {
    vi.stubEnv('REDIS_URL', redisUrl());
    vi.stubEnv('REDIS_KEY_PREFIX', prefix);
    app = await startApp(false);
  });

  afterAll(async () => {
    await app.close();
    vi.unstubAllEnvs();
  });

  it('sends each mail once and none too early, gives those another chance that are worth it, and returns the others', async () => {
    expect(await perform(app, plainRedis(), prefix)).toEqual(expectation());
  });

  it('would notice a single mail', () => {
    const { sent, ...rest } = expectation();
    expect(wrongIn({ ...rest, sent: sent.slice(1) }, expectation())).toEqual(['sent']);
  });
});
