import { describe, expect, it } from 'vitest';
import { AckBatch } from '../../../lib/mechanisms/stream/ack-batch.js';

describe('an ack batch', () => {
  it('sends the acks of one tick together, in order', async () => {
    const sent: (readonly string[])[] = [];
    const acks = new AckBatch((ids) => {
      sent.push(ids);
      return Promise.resolve();
    });
    await Promise.all([acks.add('1-0'), acks.add('2-0')]);
    await acks.add('3-0');
    expect(sent).toEqual([['1-0', '2-0'], ['3-0']]);
  });

  it('resolves an ack only when it was sent', async () => {
    let answer: () => void = () => undefined;
    const acks = new AckBatch(() => new Promise((resolve) => (answer = resolve)));
    let isDone = false;
    const ack = acks.add('1-0').then(() => (isDone = true));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(isDone).toBe(false);
    answer();
    await ack;
    expect(isDone).toBe(true);
  });

  it('sends what comes while an answer is awaited with the next', async () => {
    const sent: (readonly string[])[] = [];
    const answers: (() => void)[] = [];
    const acks = new AckBatch((ids) => {
      sent.push(ids);
      return new Promise((resolve) => answers.push(resolve));
    });
    const first = acks.add('1-0');
    await new Promise(setImmediate);
    const second = acks.add('2-0');
    await new Promise(setImmediate);
    expect(sent).toEqual([['1-0'], ['2-0']]);
    for (const answer of answers) answer();
    await Promise.all([first, second]);
  });
});
