import type { RedisFlowContext } from 'nestjs-redis-flow';
import { describe, expect, it, vi } from 'vitest';
import { FAST, StreamLab } from './lab.js';

describe('attempts', () => {
  it('are counted across releases, which charge nothing', async () => {
    const lab = StreamLab.open();
    const steps: ((context: RedisFlowContext) => unknown)[] = [
      (context) => context.release(),
      () => Promise.reject(new Error('no')),
      (context) => context.release(),
      (context) => context.release(),
      (context) => context.retry({ delay: 3 }),
      (context) => context.release(),
    ];
    let step = 0;
    const worker = await lab.worker({ retry: { attempts: 4, backoff: FAST } }, (context) => steps[step++]?.(context));
    await lab.append('x');

    await worker.finished.count(7);
    await lab.settled();

    expect(worker.attempts).toEqual([1, 1, 2, 2, 2, 3, 3]);
    expect(worker.eventsOf('retried').map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('are counted across consumers', async () => {
    const lab = StreamLab.open();
    const options = { retry: { attempts: 4, backoff: FAST } };
    const attempts: number[] = [];
    /** Fails once in each process; what comes again before that is gone is handed back. */
    const failsOnce = () => {
      let hasFailed = false;
      return (context: RedisFlowContext): void => {
        if (hasFailed) return context.release();
        hasFailed = true;
        attempts.push(context.attempt);
        throw new Error('no');
      };
    };
    await lab.append('x');
    for (let consumers = 0; consumers < 3; consumers += 1) {
      const worker = await lab.worker(options, failsOnce());
      await worker.event('retried');
      await worker.close();
    }

    await lab.worker(options, failsOnce());
    await lab.lettersWhen(1);

    expect(attempts).toEqual([1, 2, 3, 4]);
  });

  it('are given to the backoff with the error: the one that has just failed', async () => {
    const lab = StreamLab.open();
    const backoff = vi.fn<(attempt: number, error: unknown) => number>(() => 1);
    const errors = [new Error('first'), new Error('second'), new Error('third')];
    await lab.worker({ retry: { attempts: 3, backoff } }, ({ attempt }) =>
      Promise.reject(errors[attempt - 1] as Error),
    );
    await lab.append('x');
    await lab.lettersWhen(1);

    expect(backoff.mock.calls).toEqual([
      [1, errors[0]],
      [2, errors[1]],
    ]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no'))],
    ['asks for it', (context: RedisFlowContext) => context.retry({ delay: 1 })],
  ])('end a message that always %s after so many', async (_, handle) => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ retry: { attempts: 3, backoff: FAST } }, handle);
    await lab.append('x');

    const [letter] = await lab.lettersWhen(1);
    expect(worker.attempts).toEqual([1, 2, 3]);
    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'exhausted', 'dlq-attempts': '3' });
  });
});
