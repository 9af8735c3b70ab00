import { DeadLetter, Drop, Retry } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';

describe('Retry, DeadLetter and Drop', () => {
  it('carry what should become of the message', () => {
    expect(Retry.after(1_500).settlement).toEqual({ type: 'retry', delay: 1_500 });
    expect(DeadLetter.because('closed').settlement).toEqual({
      type: 'deadLetter',
      reason: 'rejected',
      detail: 'closed',
    });
    expect(Drop.because('gone').settlement).toEqual({ type: 'drop', reason: 'gone' });
  });

  it.each([Retry.after(0), DeadLetter.because('x'), Drop.because('x')])('can be thrown: $message', (control) => {
    expect(control).toBeInstanceOf(Error);
    expect(control.message).not.toBe('');
  });

  it.each([-1, Number.NaN, Infinity])('a retry after %s ms is refused', (delay) => {
    expect(() => Retry.after(delay)).toThrow(RangeError);
  });

  it('a retry waits for whole milliseconds', () => {
    expect(Retry.after(0.6).settlement).toEqual({ type: 'retry', delay: 1 });
  });
});
