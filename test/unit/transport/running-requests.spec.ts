import { RequestCancelledError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { LazyAbort } from '../../../lib/delivery/index.js';
import { RunningRequests } from '../../../lib/transport/patterns/running-requests.js';

describe('the requests that run', () => {
  it('are aborted when they are cancelled, and not when they have ended', () => {
    const requests = new RunningRequests('sum');
    const [first, second] = [new LazyAbort(), new LazyAbort()];
    expect(requests.begin('1', first)).toBe(true);
    expect(requests.begin('2', second)).toBe(true);
    requests.end('2');
    requests.cancel('1');
    requests.cancel('2');
    expect([first.aborted, second.aborted]).toEqual([true, false]);
    expect(first.signal.reason).toBeInstanceOf(RequestCancelledError);
  });

  it('do not begin when they were cancelled before', () => {
    const requests = new RunningRequests('sum');
    requests.cancel('1');
    expect(requests.begin('1', new LazyAbort())).toBe(false);
    // It was asked again, which nobody has cancelled.
    expect(requests.begin('1', new LazyAbort())).toBe(true);
  });

  it('forget the oldest of 10 000 cancellations', () => {
    const requests = new RunningRequests('sum');
    for (let id = 0; id <= 10_000; id += 1) requests.cancel(String(id));
    expect(requests.begin('0', new LazyAbort())).toBe(true);
    expect(requests.begin('1', new LazyAbort())).toBe(false);
    expect(requests.begin('10000', new LazyAbort())).toBe(false);
  });
});
