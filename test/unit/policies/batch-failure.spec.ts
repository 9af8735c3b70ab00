import { BatchFailure } from 'nestjs-redis-flow';
import { expect, it } from 'vitest';

it('a batch failure names the messages that failed, and why', () => {
  const cause = new Error('busy');
  const failure = new BatchFailure([0, '1700000000000-3'], cause);
  expect(failure).toBeInstanceOf(Error);
  expect(failure).toMatchObject({
    name: 'BatchFailure',
    message: '2 of the batch failed',
    failed: [0, '1700000000000-3'],
    cause,
  });
  expect('cause' in new BatchFailure([])).toBe(false);
});
