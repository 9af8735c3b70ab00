import { InvalidOptionError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { refusalOf } from './refused.js';

const KINDS = ['channel', 'stream', 'queue'] as const;

describe.each(KINDS)('the target of a handler of a %s', (kind) => {
  it.each([
    ['an empty list', [], '""'],
    ['empty', '', '""'],
    ['a number', 5, '5'],
    ['missing', null, 'null'],
    ['an object', {}, '{}'],
    ['empty within a list', ['orders', ''], '""'],
    ['a number within a list', ['orders', 7], '7'],
  ])('that is %s is refused at bootstrap', async (_, target, shown) => {
    const refusal = await refusalOf(kind, {}, target);
    expect(refusal?.error).toBeInstanceOf(InvalidOptionError);
    expect(refusal?.error.message).toBe(
      `Orders.handle: option "${kind}" is ${shown}, but must be the name of a ${kind}, a non-empty string.`,
    );
  });
});
