import * as library from 'nestjs-redis-flow';
import { REDIS_FLOW_ERROR_CODES, RedisFlowError } from 'nestjs-redis-flow';
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

describe('an error in one line', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;

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
  ])('is some text also for %s', (_, error) => {
    expect(errorText(error)).toEqual(expect.any(String));
  });
});
