import { Injectable, Module, Scope } from '@nestjs/common';
import {
  AckBefore,
  type AckPolicy,
  type HandlerFailure,
  InvalidOptionError,
  OnStream,
  type Outcome,
  RedisPublisher,
  type RetryDecision,
  type RetryPolicy,
  type Settlement,
} from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../../support/app.js';
import { Recorder } from '../../support/recorder.js';
import { unique } from '../../support/redis.js';
import { ordersWith, refused } from './refused.js';

class Broken implements RetryPolicy {
  constructor() {
    throw new Error('no calendar');
  }

  decide(): RetryDecision {
    return { drop: 'x' };
  }
}

class Demanding implements RetryPolicy {
  constructor(readonly calendar: object) {}

  decide(): RetryDecision {
    return { drop: 'x' };
  }
}

@Injectable({ scope: Scope.REQUEST })
class Scoped implements RetryPolicy {
  decide(): RetryDecision {
    return { drop: 'x' };
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class Transient implements AckPolicy {
  readonly timing = 'after';
}

class Nothing {}

class Odd {
  readonly timing = 'later';
}

const LIVES = 'a policy that lives as long as the application: its provider is request-scoped or transient';
const ALLOWED =
  '"after", "before", "none", "manual", "once", { once: { window, key } }, or an AckPolicy: a class or an object with a timing of "after", "before", "none" or "manual"';

describe('a class that cannot be a policy is refused at bootstrap', () => {
  it.each<[string, object, string, string, string]>([
    ['its constructor throws', { retry: Broken }, 'retry', 'Broken', 'a class that can be made: Error: no calendar'],
    [
      'its constructor needs something',
      { retry: Demanding },
      'retry',
      'Demanding',
      'among the providers of a module, as its constructor has parameters',
    ],
    ['it is request-scoped', { retry: Scoped }, 'retry', 'Scoped', LIVES],
    ['it is transient', { ack: Transient }, 'ack', 'Transient', LIVES],
    [
      'its instances decide nothing',
      { retry: Nothing },
      'retry',
      'Nothing',
      'a class whose instances have decide(failure)',
    ],
    ['its instances have no timing', { ack: Nothing }, 'ack', 'Nothing', 'a class whose instances have a timing'],
  ])('when %s', async (_, options, option, name, allowed) => {
    const refusal = await refused({ providers: [ordersWith('stream', options), Scoped, Transient] });
    expect(refusal?.error).toBeInstanceOf(InvalidOptionError);
    expect(refusal?.error.message).toBe(
      `Orders.handle: option "${option}" is [function ${name}], but must be ${allowed}.`,
    );
  });

  it('when its instances have a timing that there is not', async () => {
    const refusal = await refused({ providers: [ordersWith('stream', { ack: Odd })] });
    expect(refusal?.error.message).toBe(`Orders.handle: option "ack" is {"timing":"later"}, but must be ${ALLOWED}.`);
  });

  it('when its timing does not go with another option', async () => {
    const refusal = await refused({ providers: [ordersWith('stream', { ack: AckBefore, retry: { attempts: 2 } })] });
    expect(refusal?.error).toMatchObject({ option: 'retry', value: { attempts: 2 } });
  });

  it('also when the application only publishes', async () => {
    const flow = { consume: false };
    const refusal = await refused({ flow, providers: [ordersWith('stream', { retry: Broken })] });
    expect(refusal?.error).toMatchObject({ option: 'retry', cause: { message: 'no calendar' } });
  });
});

@Injectable()
class Calendar {
  readonly asked = new Recorder<HandlerFailure>();
}

@Injectable()
class BankHours implements RetryPolicy {
  constructor(private readonly calendar: Calendar) {}

  decide(failure: HandlerFailure): RetryDecision {
    this.calendar.asked.add(failure);
    return failure.attempt < 2 ? { retryAfter: 0 } : { drop: 'closed' };
  }
}

@Module({ providers: [Calendar, BankHours], exports: [Calendar] })
class BankModule {}

/** Not provided by anyone. */
class KeepUnpaid implements AckPolicy {
  readonly timing = 'after';

  decide(outcome: Outcome): Settlement | undefined {
    return outcome.type === 'failed' ? { type: 'ack' } : undefined;
  }
}

describe('a policy named by its class', () => {
  it('is the one of the container, from whichever module, with what is injected into it', async () => {
    const stream = unique('orders');
    const error = new TypeError('closed');
    class Orders {
      @OnStream(stream, { retry: BankHours })
      handle(): void {
        throw error;
      }
    }
    const app = await hybridApp({ imports: [BankModule], providers: [Orders] });
    const id = await app.get(RedisPublisher).append(stream, { total: 5 });
    const asked = await app.get(Calendar).asked.count(2);
    const message = { id, data: { total: 5 }, headers: {} };
    expect(asked).toMatchObject([
      { error, attempt: 1, message, source: { mechanism: 'stream', key: stream, group: 'test' } },
      { error, attempt: 2, message },
    ]);
  });

  it('is made where no module provides it', async () => {
    const stream = unique('orders');
    const handled = new Recorder<unknown>();
    class Orders {
      @OnStream(stream, { ack: KeepUnpaid, retry: { attempts: 9 } })
      handle(data: unknown): void {
        handled.add(data);
        if (data === 'unpaid') throw new Error('unpaid');
      }
    }
    const app = await hybridApp({ providers: [Orders] });
    await app.get(RedisPublisher).append(stream, 'unpaid');
    await app.get(RedisPublisher).append(stream, 'paid');
    expect(await handled.count(2)).toEqual(['unpaid', 'paid']);
  });
});
