import { describe, expect, it } from 'vitest';
import { LazyAbort } from '../../../lib/delivery/index.js';

describe('a lazy abort', () => {
  it('makes one signal, which fires with the reason', () => {
    const abort = new LazyAbort();
    const { signal } = abort;
    expect(abort.signal).toBe(signal);
    expect(signal.aborted).toBe(false);
    const reason = new Error('too late');
    abort.abort(reason);
    expect([abort.aborted, signal.aborted, signal.reason]).toEqual([true, true, reason]);
  });

  it('gives a fired signal to whoever asks after it was aborted', () => {
    const abort = new LazyAbort();
    const reason = new Error('gone');
    abort.abort(reason);
    expect([abort.signal.aborted, abort.signal.reason]).toEqual([true, reason]);
  });

  it('tells its listeners once, also those that come late, and keeps the first reason', () => {
    const abort = new LazyAbort();
    const heard: unknown[] = [];
    abort.onAbort((reason) => heard.push(['early', reason]));
    abort.abort('first');
    abort.abort('second');
    abort.onAbort((reason) => heard.push(['late', reason]));
    expect(heard).toEqual([
      ['early', 'first'],
      ['late', 'first'],
    ]);
    expect(abort.signal.reason).toBe('first');
  });
});
