import { describe, expect, it } from 'vitest';
import { Keys } from '../../../lib/message/index.js';

describe('keys', () => {
  it('begin with the prefix, and are called without it', () => {
    const keys = new Keys('app:', false);
    expect(keys.of('orders')).toBe('app:orders');
    expect(keys.nameOf('app:orders')).toBe('orders');
    expect(keys.nameOf('other:orders')).toBe('other:orders');
    expect(keys.nameOf('app:app:x')).toBe('app:x');
  });

  it('are derived with a suffix on one server', () => {
    const keys = new Keys('app:', false);
    expect(keys.deadLetters('orders')).toBe('app:orders:dlq');
    expect(keys.derived('{orders}', 'delayed')).toBe('app:{orders}:delayed');
  });

  it.each([
    ['', 'orders', '{orders}:dlq'],
    ['app:', 'orders', '{app:orders}:dlq'],
    ['', 'a:{b}', 'a:{b}:dlq'],
    ['{app}:', 'orders', '{app}:orders:dlq'],
    ['', '{a}{b}', '{a}{b}:dlq'],
    ['', 'a{b', '{a{b}:dlq'],
  ])('are derived within one slot in a Cluster: prefix "%s", "%s"', (prefix, name, derived) => {
    const keys = new Keys(prefix, true);
    expect(keys.deadLetters(name)).toBe(derived);
    expect(hashPart(derived)).toBe(hashPart(keys.of(name)));
  });

  it.each(['a}b', 'a{}b', '{}jobs'])(
    'are refused in a Cluster where no other key can share the slot of "%s"',
    (name) => {
      expect(() => new Keys('', true).deadLetters(name)).toThrow(
        `option "key" is "${name}", but must be a key whose braces are a hash tag, in a Cluster.`,
      );
      expect(new Keys('', false).deadLetters(name)).toBe(`${name}:dlq`);
    },
  );
});

/** The part of a key that decides about its slot, as the Cluster specification has it. */
function hashPart(key: string): string {
  const start = key.indexOf('{');
  const end = key.indexOf('}', start + 1);
  return start >= 0 && end > start + 1 ? key.slice(start + 1, end) : key;
}
