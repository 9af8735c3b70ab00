import { Catch, Controller, type ExceptionFilter, UseFilters } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { OnQueue, OnStream } from 'nestjs-redis-flow';
import { EMPTY, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../support/app.js';
import { FAST_RETRY } from '../support/e2e/fast-retry.js';
import { ORIGINS, type Origin, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { unique } from '../support/redis.js';

class CardRefused extends Error {
  readonly code = 'NO_FUNDS';
}

@Catch()
class Swallowing implements ExceptionFilter {
  catch(): unknown {
    return EMPTY;
  }
}

@Catch(CardRefused)
class Rethrowing implements ExceptionFilter {
  catch(error: unknown): unknown {
    return throwError(() => error);
  }
}

/** Hides what it caught, as a filter for request and response would. */
@Catch()
class Hiding implements ExceptionFilter {
  catch(): unknown {
    return throwError(() => ({ status: 'error', message: 'hidden' }));
  }
}

@Catch()
class NotHandling implements ExceptionFilter {
  catch(): void {
    // Returns nothing, so Nest's stock filter goes on.
  }
}

/** The same filter, above and below the handler's decorator, between two of them, on the class and global. */
const PLACES = ['above', 'below', 'between', 'class', 'global'] as const;
type Place = (typeof PLACES)[number];

function handlers(place: Place, stream: string, Filter: new () => ExceptionFilter) {
  const use = (here: Place): MethodDecorator => (place === here ? UseFilters(Filter) : () => undefined);
  @Controller()
  class Orders {
    @use('above')
    @OnQueue(unique('jobs'))
    @use('between')
    @OnStream(stream)
    @use('below')
    handle(): never {
      throw new CardRefused('no funds');
    }
  }
  if (place === 'class') UseFilters(Filter)(Orders);
  return Orders;
}

async function run(origin: Origin, place: Place, Filter: new () => ExceptionFilter): Promise<StreamProbe> {
  const probe = new StreamProbe();
  await hybridApp({
    ...placed(origin, handlers(place, probe.stream, Filter)),
    flow: FAST_RETRY,
    configure: (app) => void (place === 'global' && app.useGlobalFilters(new Filter())),
  });
  await probe.append({});
  return probe;
}

const CASES = ORIGINS.flatMap((origin) => PLACES.map((place) => [origin, place] as const));

describe.each(CASES)('on a %s, a filter placed %s', (origin, place) => {
  it('swallows', async () => {
    const probe = await run(origin, place, Swallowing);
    await probe.settled(1);
    expect(await probe.deadLetters()).toEqual([]);
  });

  it.each([
    ['rethrows', Rethrowing],
    ['returns nothing', NotHandling],
    ['errors with a packet', Hiding],
  ])('and %s leaves the original error to the policy and the dead letter', async (_, Filter) => {
    const probe = await run(origin, place, Filter);
    const letter = await probe.onlyDeadLetter();
    expect(letter).toMatchObject({ reason: 'exhausted', errorClass: 'CardRefused', errorMessage: 'no funds' });
    expect(letter.headers['dlq-error-code']).toBe('NO_FUNDS');
  });
});

describe.each(ORIGINS)('on a %s', (origin) => {
  it('a filter that errors with an RpcException of its own decides which error is kept', async () => {
    @Catch()
    class Wrapping implements ExceptionFilter {
      catch(error: Error): unknown {
        return throwError(() => new RpcException(`wrapped ${error.message}`));
      }
    }
    const letter = await (await run(origin, 'above', Wrapping)).onlyDeadLetter();
    expect(letter).toMatchObject({ errorClass: 'RpcException', errorMessage: 'wrapped no funds' });
  });
});
