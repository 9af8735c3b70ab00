import { type ArgumentsHost, Catch, Controller, type ExceptionFilter, UseFilters } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { OnStream, RedisFlowContext, Retry } from 'nestjs-redis-flow';
import { EMPTY, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../support/app.js';
import { FAST_RETRY } from '../support/e2e/fast-retry.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { Recorder } from '../support/recorder.js';

class CardRefused extends Error {}
class CardExpired extends Error {}

/** A filter that catches everything, and does what it is told. */
function filter(run: (error: unknown, host: ArgumentsHost) => unknown): ExceptionFilter {
  @Catch()
  class AnyFilter implements ExceptionFilter {
    catch(error: unknown, host: ArgumentsHost): unknown {
      return run(error, host);
    }
  }
  return new AnyFilter();
}

@Catch(CardExpired)
class OnlyExpired implements ExceptionFilter {
  catch(): unknown {
    return EMPTY;
  }
}

function failing(probe: StreamProbe, attempts: Recorder<number>, ...filters: (ExceptionFilter | typeof OnlyExpired)[]) {
  @Controller()
  class Orders {
    @OnStream(probe.stream)
    @UseFilters(...filters)
    handle(): never {
      attempts.add(attempts.items.length + 1);
      throw new CardRefused('no funds');
    }
  }
  return Orders;
}

describe.each(ORIGINS)('exception filters of a %s', (origin) => {
  async function run(...filters: (ExceptionFilter | typeof OnlyExpired)[]) {
    const probe = new StreamProbe();
    const attempts = new Recorder<number>();
    await hybridApp({ ...placed(origin, failing(probe, attempts, ...filters)), flow: FAST_RETRY });
    await probe.append({ no: 1 });
    await probe.settled(1);
    return { attempts: attempts.items.length, letters: await probe.deadLetters() };
  }

  const GIVEN_UP = { reason: 'exhausted', errorClass: 'CardRefused', errorMessage: 'no funds', attempts: 2 };

  it.each([
    ['EMPTY', () => EMPTY],
    ['of(value)', () => of('handled')],
    ['a promise of nothing', () => Promise.resolve()],
  ])('a filter that returns %s swallows the error: the message is acknowledged', async (_, swallow) => {
    expect(await run(filter(swallow))).toEqual({ attempts: 1, letters: [] });
  });

  it.each([
    ['by throwError', (error: unknown) => throwError(() => error)],
    [
      'by throwing',
      (error: unknown) => {
        throw error;
      },
    ],
    ['by rejecting', (error: unknown) => Promise.reject(error as Error)],
    ['by returning undefined', () => undefined],
    ['by returning null', () => null],
  ])('a filter that passes the error on %s leaves it to the policy: retried, then dead-lettered', async (_, pass) => {
    const { attempts, letters } = await run(filter(pass));
    expect(attempts).toBe(2);
    expect(letters).toMatchObject([GIVEN_UP]);
  });

  it('the error of an observable goes through the filters, too', async () => {
    const probe = new StreamProbe();
    const asked = new Recorder<unknown>();
    @Controller()
    class Orders {
      @OnStream(probe.stream)
      @UseFilters(filter((error) => (asked.add(error), EMPTY)))
      handle(): unknown {
        return throwError(() => new CardRefused('later'));
      }
    }
    await hybridApp(placed(origin, Orders));
    await probe.append({});
    await probe.settled(1);
    expect(asked.items).toEqual([new CardRefused('later')]);
    expect(await probe.deadLetters()).toEqual([]);
  });

  it('what a filter makes of the error decides: a fatal error in its place is not retried', async () => {
    const { attempts, letters } = await run(filter(() => throwError(() => new TypeError('replaced'))));
    expect(attempts).toBe(1);
    expect(letters).toMatchObject([{ reason: 'fatal', errorClass: 'TypeError', errorMessage: 'replaced' }]);
  });

  it.each([
    ['returns', (retry: Retry) => of(retry)],
    ['errors with', (retry: Retry) => throwError(() => retry)],
  ])('a filter that %s Retry.after has the message tried again', async (_, answer) => {
    const { attempts, letters } = await run(filter(() => answer(Retry.after(0))));
    expect(attempts).toBe(2);
    expect(letters).toMatchObject([{ reason: 'exhausted' }]);
  });

  it('a filter for another class is not asked', async () => {
    const { attempts, letters } = await run(OnlyExpired);
    expect(attempts).toBe(2);
    expect(letters).toMatchObject([GIVEN_UP]);
  });

  it('a filter gets the error that was thrown, the payload and the context', async () => {
    const seen = new Recorder<unknown[]>();
    await run(
      filter((error, host) => {
        const rpc = host.switchToRpc();
        const context = rpc.getContext<RedisFlowContext>();
        seen.add([error, rpc.getData(), context instanceof RedisFlowContext, context.attempt]);
        return EMPTY;
      }),
    );
    expect(seen.items).toEqual([[new CardRefused('no funds'), { no: 1 }, true, 1]]);
    expect(seen.items[0]?.[0]).toBeInstanceOf(CardRefused);
  });

  it('a filter on the class, a global one and APP_FILTER are asked, the nearest first', async () => {
    const [onClass, onApp, provided] = [new StreamProbe(), new StreamProbe(), new StreamProbe()];
    const asked = new Recorder<string>();
    const noting = (name: string) => filter(() => (asked.add(name), EMPTY));
    const OnClass = failing(onClass, new Recorder());
    UseFilters(noting('class'))(OnClass);
    const configure = (app: { useGlobalFilters(one: ExceptionFilter): unknown }) =>
      void app.useGlobalFilters(noting('global'));
    await hybridApp({ ...placed(origin, [OnClass, failing(onApp, new Recorder())]), configure });
    const global = { provide: APP_FILTER, useValue: noting('APP_FILTER') };
    await hybridApp(placed(origin, failing(provided, new Recorder()), [global]));
    for (const probe of [onClass, onApp, provided]) {
      await probe.append({});
      await probe.settled(1);
      expect(await probe.deadLetters()).toEqual([]);
    }
    expect(asked.items).toEqual(['class', 'global', 'APP_FILTER']);
  });
});
