import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  type INestApplication,
  Inject,
  Injectable,
  Scope,
  UseFilters,
} from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { CONTEXT, type RequestContext } from '@nestjs/microservices';
import { OnQueue, OnStream, RedisFlowContext, RedisPublisher } from 'nestjs-redis-flow';
import { EMPTY } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { hybridApp, pureApp } from '../support/app.js';
import { FAST_RETRY } from '../support/e2e/fast-retry.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { Recorder } from '../support/recorder.js';
import { unique } from '../support/redis.js';

let made = 0;

@Injectable({ scope: Scope.REQUEST })
class Basket {
  readonly no = (made += 1);
}

@Injectable({ scope: Scope.TRANSIENT })
class Scratchpad {
  readonly no = (made += 1);
}

/** A handler whose request-scoped dependency cannot be made. */
function withoutSession(stream: string) {
  @Injectable({ scope: Scope.REQUEST })
  class Session {
    constructor() {
      throw new TypeError('no session');
    }
  }
  @Controller()
  class Orders {
    constructor(@Inject(Session) readonly session: Session) {}

    @OnStream(stream)
    handle(): void {}
  }
  return { Session, Orders };
}

describe.each(ORIGINS)('scopes of a %s', (origin) => {
  it.each([
    ['hybrid application', hybridApp],
    ['pure microservice', pureApp],
  ])('a request-scoped class is made anew for each message, in a %s', async (_, start) => {
    const probe = new StreamProbe();
    const handled = new Recorder<object>();
    @Controller({ scope: Scope.REQUEST })
    class Orders {
      @OnStream(probe.stream)
      handle(): void {
        handled.add(this);
      }
    }
    await start(placed(origin, Orders));
    await probe.append(1, 2, 3);
    expect(new Set(await handled.count(3)).size).toBe(3);
    expect(handled.items[0]).toBeInstanceOf(Orders);
  });

  it.each([
    ['CONTEXT', CONTEXT],
    ['REQUEST', REQUEST],
  ])('@Inject(%s) gives the message, its pattern and its context', async (_, token) => {
    const [probe, queue] = [new StreamProbe(), unique('jobs')];
    const handled = new Recorder<unknown[]>();
    @Controller({ scope: Scope.REQUEST })
    class Orders {
      constructor(@Inject(token) private readonly request: RequestContext<unknown, RedisFlowContext>) {}

      @OnStream(probe.stream)
      @OnQueue(queue)
      handle(data: unknown): void {
        const context = this.request.getContext();
        const isSame = this.request.getData() === data && context.message.data === data;
        handled.add([isSame, this.request.getPattern(), context.getPattern()]);
      }
    }
    const app = await hybridApp(placed(origin, Orders));
    await probe.append({ no: 1 });
    await handled.count(1);
    await app.get(RedisPublisher).enqueue(queue, { no: 2 });
    await handled.count(2);
    expect(handled.items.map(([isSame]) => isSame)).toEqual([true, true]);
    expect(handled.items.map(([, , pattern]) => pattern)).toEqual([probe.stream, queue]);
    expect(handled.items.map(([, pattern]) => pattern)).toEqual([
      expect.stringContaining(probe.stream),
      expect.stringContaining(queue),
    ]);
  });

  it('a class that is request-scoped only by a dependency gets a new one for each message', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<number>();
    @Injectable()
    class Shop {
      constructor(@Inject(Basket) readonly basket: Basket) {}
    }
    @Controller()
    class Orders {
      constructor(
        @Inject(Shop) private readonly shop: Shop,
        @Inject(Basket) private readonly basket: Basket,
      ) {}

      @OnStream(probe.stream)
      handle(): void {
        expect(this.shop.basket).toBe(this.basket);
        handled.add(this.basket.no);
      }
    }
    await hybridApp(placed(origin, Orders, [Shop, Basket]));
    await probe.append(1, 2, 3);
    expect(new Set(await handled.count(3)).size).toBe(3);
    expect(await probe.deadLetters()).toEqual([]);
  });

  it('a request-scoped class whose constructor throws is a failure: retried, then dead-lettered with its error', async () => {
    const probe = new StreamProbe();
    const tries = new Recorder<number>();
    @Controller({ scope: Scope.REQUEST })
    class Orders {
      constructor() {
        tries.add(1);
        if (tries.items.length > 0) throw new Error('no database');
      }

      @OnStream(probe.stream)
      handle(): void {}
    }
    await hybridApp({ ...placed(origin, Orders), flow: FAST_RETRY });
    await probe.append({});
    expect(await probe.onlyDeadLetter()).toMatchObject({
      reason: 'exhausted',
      errorClass: 'Error',
      errorMessage: 'no database',
      attempts: 2,
    });
    expect(tries.items).toHaveLength(2);
  });

  it('a request-scoped dependency whose constructor throws is a failure with its error, too', async () => {
    const probe = new StreamProbe();
    const { Session, Orders } = withoutSession(probe.stream);
    await hybridApp(placed(origin, Orders, [Session]));
    await probe.append({});
    const letter = await probe.onlyDeadLetter();
    expect(letter).toMatchObject({ reason: 'fatal', errorClass: 'TypeError', errorMessage: 'no session' });
  });

  it.each(['class', 'global'])(
    'what the constructor of a request-scoped dependency throws is caught by a filter: %s',
    async (place) => {
      const probe = new StreamProbe();
      const caught = new Recorder<string>();
      @Catch()
      class Swallowing implements ExceptionFilter {
        catch(error: Error, host: ArgumentsHost): unknown {
          caught.add(`${host.getType()} ${String(host.switchToRpc().getData())}: ${error.message}`);
          return EMPTY;
        }
      }
      const { Session, Orders } = withoutSession(probe.stream);
      if (place === 'class') UseFilters(Swallowing)(Orders);
      const configure = (app: INestApplication): void =>
        void (place === 'global' && app.useGlobalFilters(new Swallowing()));
      await hybridApp({ ...placed(origin, Orders, [Session]), configure });
      await probe.append('x');
      await caught.count(1);
      await probe.settled(1);
      expect(caught.items).toEqual(['rpc x: no session']);
      expect(await probe.deadLetters()).toEqual([]);
    },
  );

  it('a singleton with a transient dependency keeps its own one', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<number>();
    @Controller()
    class Orders {
      constructor(@Inject(Scratchpad) private readonly pad: Scratchpad) {}

      @OnStream(probe.stream)
      handle(): void {
        handled.add(this.pad.no);
      }
    }
    await hybridApp(placed(origin, Orders, [Scratchpad]));
    await probe.append(1, 2);
    expect(new Set(await handled.count(2)).size).toBe(1);
  });
});

it('a transient provider with a handler is constructed for each message', async () => {
  const probe = new StreamProbe();
  const handled = new Recorder<object>();
  @Injectable({ scope: Scope.TRANSIENT })
  class Orders {
    readonly isConstructed = true;

    @OnStream(probe.stream)
    handle(): void {
      handled.add(this);
    }
  }
  await hybridApp(placed('provider', Orders));
  await probe.append(1, 2);
  expect(await handled.count(2)).toMatchObject([{ isConstructed: true }, { isConstructed: true }]);
  expect(handled.items[0]).not.toBe(handled.items[1]);
});
