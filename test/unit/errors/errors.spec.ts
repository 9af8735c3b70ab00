import { inspect } from 'node:util';
import * as library from 'nestjs-redis-flow';
import {
  ConsumerNameTakenError,
  HandlerCrashedError,
  InvalidOptionError,
  LeaseLostError,
  REDIS_FLOW_ERROR_CODES,
  RedisFlowError,
  TransactionFailedError,
  TransactionNotAvailableError,
  UnsettledMessageError,
} from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { errorText } from '../../../lib/errors/index.js';

type ErrorClass = new (...args: unknown[]) => RedisFlowError;

const classes = Object.values(library).filter(
  (exported) => typeof exported === 'function' && exported.prototype instanceof RedisFlowError,
) as unknown as ErrorClass[];
const errors = classes.map((ErrorClass) => new ErrorClass('a', 'b', ['c'], 'd'));

describe('the errors of the library', () => {
  it('have one code each, and every code is used', () => {
    expect(errors.map(({ code }) => code).toSorted()).toEqual(REDIS_FLOW_ERROR_CODES.toSorted());
  });

  it('are named after their class', () => {
    expect(errors.map(({ name }) => name)).toEqual(classes.map(({ name }) => name));
  });

  it('are told apart from others, also those of another copy of the library', () => {
    const foreign = Object.defineProperty(new Error('x'), Symbol.for('nestjs-redis-flow.error'), { value: true });
    expect([...errors, foreign].every((error) => RedisFlowError.is(error))).toBe(true);
    expect([new Error('x'), null, undefined, 'x', {}].some((error) => RedisFlowError.is(error))).toBe(false);
  });
});

describe('an error names the thing and the next step', () => {
  const cause = new Error('WRONGTYPE');

  it.each([
    [
      new HandlerCrashedError('message 1-0 of stream "orders"', 2),
      'The process that handled message 1-0 of stream "orders" ended during attempt 2. Look for what killed it at that time.',
    ],
    [
      new UnsettledMessageError('Orders.charge', 30_000),
      "Orders.charge did not settle its message within 30000 ms. With ack: 'manual' every way through it must end in context.ack(), retry(), release(), deadLetter() or drop(); context.extend(ms) gives more time.",
    ],
    [
      new LeaseLostError('message 1-0'),
      'The lease of message 1-0 is lost: another consumer may handle it now. Stop at context.signal; raise "lease" where the event loop is kept busy for longer.',
    ],
    [
      new TransactionFailedError(1, 'INCRBY', { cause }),
      'Redis refused command 1 (INCRBY) of the transaction: WRONGTYPE. Nothing of it was applied, and the message was not acknowledged.',
    ],
    [
      new TransactionNotAvailableError('a reader', "a consumer group with ack: 'after'"),
      "context.transaction is not available with a reader. Use a consumer group with ack: 'after'.",
    ],
    [
      new ConsumerNameTakenError('worker', 'stream "orders" in group "pay"'),
      `The consumer name "worker" is taken by another living process at stream "orders" in group "pay". Leave option "consumer" out, then each process gets a name of its own; or give each process another one, such as its pod's name.`,
    ],
  ])('$name', (error, text) => {
    expect(error.message).toBe(text);
  });

  it('and keeps what it was made of', () => {
    expect(new TransactionFailedError(1, 'INCRBY', { cause })).toMatchObject({ index: 1, command: 'INCRBY', cause });
    expect(new HandlerCrashedError('message 1-0', 3)).toMatchObject({ attempt: 3 });
    expect(new InvalidOptionError('O.h', 'ack', 1, 'x', { cause })).toMatchObject({ cause });
    expect(new LeaseLostError('message 1-0', { cause })).toMatchObject({ cause });
  });
});

describe('an error in one line', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const throwing = (): never => {
    throw new Error('no');
  };

  it.each([
    ['an error', new TypeError('x'), 'TypeError: x'],
    ['one without a message', new RangeError(), 'RangeError'],
    ['a text', 'busy', 'busy'],
    ['an object', { a: 1 }, '{"a":1}'],
  ])('is readable for %s', (_, error, text) => {
    expect(errorText(error)).toBe(text);
  });

  it.each([
    ['undefined', undefined],
    ['a bigint', 1n],
    ['a circular object', circular],
    ['a symbol', Symbol('x')],
    ['an error whose message is a symbol', Object.assign(new Error('x'), { message: Symbol('x') })],
    ['an error whose message has no text', Object.assign(new Error('x'), { message: Object.create(null) as unknown })],
    ['an error whose name is a symbol', Object.assign(new Error('x'), { name: Symbol('x') })],
    ['an object that throws when it is looked at', { toJSON: throwing, [inspect.custom]: throwing }],
  ])('is some text also for %s', (_, error) => {
    expect(errorText(error)).toEqual(expect.any(String));
  });
});
