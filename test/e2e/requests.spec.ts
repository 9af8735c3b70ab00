import { expect, it, onTestFinished, vi } from 'vitest';
import { EXPECTED } from '../../sample/06-requests/src/demo/expectation.js';
import { perform } from '../../sample/06-requests/src/demo/perform.js';
import { redisUrl, unique } from '../support/redis.js';

it('the sample 06-requests gets each request handled by one instance, and every answer and error to its caller', async () => {
  vi.stubEnv('REDIS_URL', redisUrl());
  vi.stubEnv('REDIS_KEY_PREFIX', `${unique('requests')}:`);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await perform(() => undefined)).toEqual(EXPECTED);
});
