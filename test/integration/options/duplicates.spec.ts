import { Controller, Injectable, Module } from '@nestjs/common';
import {
  DuplicateHandlerError,
  InvalidOptionError,
  OnChannel,
  OnQueue,
  OnStream,
  RedisFlowModule,
} from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { redisUrl, unique } from '../../support/redis.js';
import { refused } from './refused.js';

const orders = unique('orders');
const ADVICE =
  'Each method may stand once for the same mechanism, target and group: remove the second decorator, or register its class in one module only.';

@Controller()
@Injectable()
class Orders {
  @OnStream(orders)
  charge(): void {}
}

@Module({ controllers: [Orders] })
class FirstModule {}

@Module({ controllers: [Orders] })
class SecondModule {}

@Module({ providers: [Orders] })
class ProviderModule {}

@Module({ providers: [Orders] })
class OtherProviderModule {}

const app = () => RedisFlowModule.forRoot({ connection: redisUrl(), group: 'pay' });

describe('one method that handles the same thing twice', () => {
  const twice = `Orders.charge: it handles stream "${orders}" in group "pay" twice. ${ADVICE}`;

  it.each([
    ['its controller is in two modules', 'connectRedisFlow', [FirstModule, SecondModule]],
    ['its provider is in two modules', 'init', [ProviderModule, OtherProviderModule]],
    ['its class is a controller and a provider', 'init', [FirstModule, ProviderModule]],
  ] as const)('is refused when %s', async (_, step, modules) => {
    const refusal = await refused({ imports: [app(), ...modules] });
    expect(refusal?.error).toBeInstanceOf(DuplicateHandlerError);
    expect(refusal?.error.message).toBe(twice);
    expect(refusal?.step).toBe(step);
  });

  it('is refused when the same decorator stands there twice', async () => {
    class Twice {
      @OnStream(orders)
      @OnStream(orders, { concurrency: 2 })
      stream(): void {}
    }
    const refusal = await refused({ imports: [app()], controllers: [Controller()(Twice) ?? Twice] });
    expect(refusal?.error.message).toBe(`Twice.stream: it handles stream "${orders}" in group "pay" twice. ${ADVICE}`);
  });

  it('is refused when a list names a target twice', async () => {
    class Listed {
      @OnQueue(['jobs', 'jobs'])
      queue(): void {}
    }
    const refusal = await refused({ imports: [app()], providers: [Listed] });
    expect(refusal?.error.message).toBe(`Listed.queue: it handles queue "jobs" twice. ${ADVICE}`);
  });

  it('is refused on a channel, too', async () => {
    class Channels {
      @OnChannel('news')
      @OnChannel(['other', 'news'])
      news(): void {}
    }
    const refusal = await refused({ imports: [app()], providers: [Channels] });
    expect(refusal?.error.message).toBe(`Channels.news: it handles channel "news" twice. ${ADVICE}`);
  });

  it('is one handler where a factory or a value gives the same instance under another token', async () => {
    const [name, other] = [unique('once'), unique('once')];
    @Injectable()
    class Port {
      @OnStream(name)
      handle(): void {}
    }
    class Made {
      @OnStream(other)
      handle(): void {}
    }
    const made = new Made();
    const same = { provide: 'PORT', inject: [Port], useFactory: (port: Port) => port };
    const values = ['ONE', 'TWO'].map((provide) => ({ provide, useValue: made }));
    const alias = { provide: 'ALIAS', useExisting: 'ONE' };
    expect(await refused({ imports: [app()], providers: [alias, Port, same, ...values] })).toBeUndefined();
  });

  it('is refused where two instances of its class are made under two tokens', async () => {
    const name = unique('twice');
    class Made {
      @OnStream(name)
      handle(): void {}
    }
    const made = ['ONE', 'TWO'].map((provide) => ({ provide, useFactory: () => new Made() }));
    const refusal = await refused({ imports: [app()], providers: made });
    expect(refusal?.error).toBeInstanceOf(DuplicateHandlerError);
  });

  it('is fine with another group, another kind, another target or another method', async () => {
    const name = unique('shared');
    class Fine {
      @OnStream(name)
      @OnStream(name, { group: 'audit' })
      @OnChannel(name)
      @OnStream(`${name}-2`)
      first(): void {}

      @OnStream(name)
      second(): void {}
    }
    expect(await refused({ imports: [app()], providers: [Fine] })).toBeUndefined();
  });
});

describe('readers of one stream', () => {
  const name = unique('read');

  it('see every entry each, and keep their places under names of their own', async () => {
    class Readers {
      @OnStream(name, { reader: { checkpoint: 'one' } })
      first(): void {}

      @OnStream(name, { reader: { checkpoint: 'two' } })
      second(): void {}

      @OnStream(name, { reader: {} })
      @OnStream(name)
      third(): void {}
    }
    expect(await refused({ imports: [app()], providers: [Readers] })).toBeUndefined();
  });

  it('are refused where two keep their places under one name', async () => {
    class Readers {
      @OnStream(name, { reader: { checkpoint: 'one' } })
      first(): void {}

      @OnStream(name, { reader: { checkpoint: 'one' } })
      second(): void {}
    }
    const refusal = await refused({ imports: [app()], providers: [Readers] });
    expect(refusal?.error.message).toBe(
      `Readers.second: option "reader.checkpoint" is "one", but must be a name that no other reader of the stream "${name}" has.`,
    );
  });

  it('are refused where they are one method', async () => {
    class Readers {
      @OnStream(name, { reader: { checkpoint: 'one' } })
      @OnStream(name, { reader: { checkpoint: 'two' } })
      twice(): void {}
    }
    const refusal = await refused({ imports: [app()], providers: [Readers] });
    expect(refusal?.error.message).toBe(`Readers.twice: it handles stream "${name}" as a reader twice. ${ADVICE}`);
  });
});

describe('two modules of one name', () => {
  it.each(['default', 'billing'])('are refused: %s', async (name) => {
    const module = () => RedisFlowModule.forRoot({ name, connection: redisUrl(), group: 'pay' });
    const refusal = await refused({ imports: [module(), module()] });
    expect(refusal?.error).toBeInstanceOf(InvalidOptionError);
    expect(refusal?.error.message).toBe(
      `RedisFlowModule: option "name" is "${name}", but must be a name that no other RedisFlowModule has.`,
    );
  });

  it('are one module where it is the same object', async () => {
    const module = app();
    @Module({ imports: [module] })
    class Feature {}
    expect(await refused({ imports: [module, Feature] })).toBeUndefined();
  });
});
