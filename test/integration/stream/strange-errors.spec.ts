import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StreamLab } from './lab.js';

const throwing = (): never => {
  throw new Error('nobody looks at me');
};

const STRANGE: [string, unknown][] = [
  ['an error whose message is a symbol', Object.assign(new Error('x'), { message: Symbol('x') })],
  ['an error whose message has no text', Object.assign(new Error('x'), { message: Object.create(null) as unknown })],
  ['an error whose name is a symbol', Object.assign(new Error('x'), { name: Symbol('x') })],
  ['an object that throws when it is looked at', { toJSON: throwing, [inspect.custom]: throwing }],
];

/** What nobody has caught from here on, until the test ends. */
function unhandled(): unknown[] {
  const errors: unknown[] = [];
  const add = (error: unknown): void => void errors.push(error);
  process.on('unhandledRejection', add);
  onTestFinished(() => void process.off('unhandledRejection', add));
  return errors;
}

describe.each(STRANGE)('a handler that throws %s', (_, error) => {
  it.each([
    ['at once', { retry: false }, [1]],
    ['after its retries', { retry: { attempts: 2, backoff: { type: 'fixed', delay: 5 } } }, [1, 2]],
  ] as const)('has its message among the dead letters %s, and goes on with the next', async (__, options, attempts) => {
    const lab = StreamLab.open();
    const uncaught = unhandled();
    const worker = await lab.worker(options, ({ message }) => {
      if (message.data === 'strange') throw error;
    });
    await lab.append('strange');
    await lab.lettersWhen(1);
    await lab.append('next');
    await worker.finished.count(attempts.length + 1);
    await lab.settled();

    expect(worker.data).toEqual([...attempts.map(() => 'strange'), 'next']);
    expect(worker.attempts).toEqual([...attempts, 1]);
    expect(uncaught).toEqual([]);
  });
});
