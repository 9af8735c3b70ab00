import { describe, expect, it } from 'vitest';
import { parseChannelPattern } from '../../../lib/message/index.js';
import { resolveModuleOptions } from '../../../lib/options/index.js';
import { exactChannel, patternOptions } from '../../../lib/transport/patterns/pattern-options.js';

describe('a pattern as a channel', () => {
  it.each(['sum', '{"cmd":"sum","n":1}', 'user.{id}', 'a*b?c[d]', String.raw`back\slash`, '{}', '{a b}'])(
    'is exactly %s',
    (pattern) => {
      const { subject, isGlob, params } = parseChannelPattern(exactChannel(pattern));
      expect({ subject, isGlob, params }).toEqual({ subject: pattern, isGlob: false, params: [] });
    },
  );
});

describe('the options of stock handlers', () => {
  const module = (stream: object, channel = {}) =>
    resolveModuleOptions('default', { connection: 'redis://localhost', defaults: { stream, channel } });

  it('are those of channels, with room for what Nest would start at once', () => {
    expect(patternOptions(module({}), 'channel', false)).toEqual({ concurrency: 1_000, buffer: 10_000 });
    expect(patternOptions(module({}, { concurrency: 2 }), 'channel', true)).toEqual({ concurrency: 2, buffer: 10_000 });
  });

  it('keep the requests of a stream for ten seconds at most, so that another takes them in time', () => {
    expect(patternOptions(module({}), 'stream', false)).toMatchObject({ group: 'requests', lease: 10_000 });
    expect(patternOptions(module({ lease: 60_000 }), 'stream', false)).toMatchObject({ lease: 10_000 });
    expect(patternOptions(module({ lease: 500 }), 'stream', false)).toMatchObject({ lease: 500 });
  });

  it('leave out of the defaults of streams what stock handlers cannot have', () => {
    const batch = { size: 10 };
    expect(patternOptions(module({ batch, lease: 500 }), 'stream', true)).toEqual({ lease: 500 });
    expect(patternOptions(module({ batch }), 'stream', false)).not.toHaveProperty('batch');
  });
});
