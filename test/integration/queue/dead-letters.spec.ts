import { DeadLetter } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { QueueLab } from '../../support/queue/queue-lab.js';

describe('a job that is put back from the dead letters and ends there again', () => {
  it('has the facts of its second end, and none of its first', async () => {
    const lab = new QueueLab();
    const ends = [
      () => Object.assign(new Error('the bank is down'), { code: 'EBANK' }),
      () => DeadLetter.because('the account is closed'),
    ];
    const worker = await lab.worker({
      options: { retry: false },
      handle: () => {
        throw ends.shift()?.() as Error;
      },
    });
    await lab.push('x');
    await worker.event('deadLettered');
    await lab.settled();
    const [first] = await lab.deadLetters();
    expect(first?.headers).toMatchObject({ 'dlq-reason': 'exhausted', 'dlq-error-message': 'the bank is down' });

    await lab.redis.lmove(`${lab.queue}:dlq`, lab.queue, 'RIGHT', 'LEFT');
    await worker.event('deadLettered', 2);
    await lab.settled();
    const [raw] = await lab.redis.lrange(`${lab.queue}:dlq`, 0, -1);
    const [letter] = await lab.deadLetters();
    expect(letter).toMatchObject({ id: first?.id, payload: first?.payload });
    expect(letter?.headers).toMatchObject({ 'dlq-detail': 'the account is closed' });
    expect(raw).not.toContain('the bank is down');
    expect(raw?.match(/"dlq-last-at":/g)).toHaveLength(1);
  });
});
