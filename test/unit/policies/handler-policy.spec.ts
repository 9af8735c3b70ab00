import { AckAfter, AckBefore, AckManual, AckNone, AckOnce, InvalidOptionError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { resolveHandlerOptions, resolveModuleOptions } from '../../../lib/options/index.js';
import { type MakePolicy, createHandlerPolicy } from '../../../lib/policies/index.js';

const construct: MakePolicy = (_option, type) => new (type as new () => InstanceType<typeof type>)();

function policyFor(mechanism: 'stream' | 'queue' | 'channel', options: object, make: MakePolicy = construct) {
  const module = resolveModuleOptions('default', { connection: 'redis://x', group: 'pay' });
  const declaration = { owner: 'O.h', method: 'h', mechanism, target: 'orders', options };
  return createHandlerPolicy(resolveHandlerOptions(declaration, module), make);
}

class MyAck {
  readonly timing = 'manual';
}
class MyRetry {
  decide(): { drop: string } {
    return { drop: 'x' };
  }
}
const key = (): string => 'key';

describe("a handler's policy", () => {
  it.each([
    ['after', AckAfter, 'after'],
    ['before', AckBefore, 'before'],
    ['none', AckNone, 'none'],
    ['manual', AckManual, 'manual'],
    ['once', AckOnce, 'after'],
  ])('has a class for the word %j', (ack, type, timing) => {
    const policy = policyFor('stream', { ack });
    expect(policy.ack).toBeInstanceOf(type);
    expect(policy.ack.timing).toBe(timing);
    expect(policy.once !== undefined).toBe(ack === 'once');
  });

  it.each([
    ['once', { window: 86_400_000, key: undefined }],
    [{ once: { window: 5_000, key } }, { window: 5_000, key }],
    [AckOnce, { window: 86_400_000, key: undefined }],
    [new AckOnce({ window: 5_000, key }), { window: 5_000, key }],
  ])('knows how long and by what a message counts as done: %o', (ack, once) => {
    expect(policyFor('stream', { ack }).once).toEqual(once);
  });

  it('takes an instance as it is', () => {
    const [ack, retry] = [new MyAck(), new MyRetry()];
    expect(policyFor('queue', { ack, retry, deadLetter: false })).toEqual({
      ack,
      retry,
      once: undefined,
      deadLetter: false,
      isBatch: false,
    });
  });

  it('has a class made, and says for which option', () => {
    const made: unknown[] = [];
    const make: MakePolicy = (option, type) => {
      made.push([option, type]);
      return construct(option, type);
    };
    const policy = policyFor('queue', { ack: MyAck, retry: MyRetry }, make);
    expect(made).toEqual([
      ['ack', MyAck],
      ['retry', MyRetry],
    ]);
    expect(policy.ack).toBeInstanceOf(MyAck);
    expect(policy.retry).toBeInstanceOf(MyRetry);
  });

  it('on a channel drops what fails', () => {
    expect(policyFor('channel', {})).toMatchObject({
      ack: { timing: 'none' },
      retry: { attempts: 1 },
      deadLetter: false,
    });
  });
});

describe('AckOnce', () => {
  it.each([[{ window: 5 }], [{ window: 1.5e3 + 0.5 }], [{ key: 'id' }], [{ windw: 5_000 }]])(
    'refuses what it cannot keep: %o',
    (options) => {
      expect(() => new AckOnce(options as object)).toThrow(InvalidOptionError);
      expect(() => new AckOnce(options as object)).toThrow(/^AckOnce: option "(window|key|windw)" is /);
    },
  );
});
