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

describe('the pattern of a channel', () => {
  it.each([
    ['that names a parameter twice', 'orders.{id}.{id}', 'a channel that names each parameter once'],
    ['whose set is not in order', 'orders.[z-a]', 'a channel whose [sets] are in order, such as [a-z]'],
  ])('%s is refused at bootstrap', async (_, channel, allowed) => {
    const refusal = await refusalOf('channel', {}, channel);
    expect(refusal?.error).toBeInstanceOf(InvalidOptionError);
    expect(refusal?.error.message).toBe(`Orders.handle: option "channel" is "${channel}", but must be ${allowed}.`);
  });
});
