import { type CanActivate, Controller, Injectable, Scope, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { OnStream } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp, pureApp } from '../support/app.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { Recorder } from '../support/recorder.js';

@Injectable()
class Deny implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class TransientDeny extends Deny {}

@Injectable({ scope: Scope.REQUEST })
class RequestScopedDeny extends Deny {}

const allow: CanActivate = { canActivate: () => Promise.resolve(true) };

function guarded(probe: StreamProbe, handled: Recorder<unknown>, ...guards: (CanActivate | typeof Deny)[]) {
  @Controller()
  class Orders {
    @OnStream(probe.stream)
    @UseGuards(...guards)
    handle(data: unknown): void {
      handled.add(data);
    }
  }
  return Orders;
}

/** What became of one message. */
async function outcome(probe: StreamProbe, handled: Recorder<unknown>) {
  await probe.append({ no: 1 });
  const { reason, errorMessage, attempts, data } = await probe.onlyDeadLetter();
  return { reason, errorMessage, attempts, data, handled: handled.items };
}

const DENIED = {
  reason: 'fatal',
  errorMessage: 'Forbidden resource',
  attempts: 1,
  data: { no: 1 },
  handled: [],
};

describe.each(ORIGINS)('guards of a %s', (origin) => {
  it.each([
    ['class', Deny],
    ['instance', new Deny()],
    ['transient class', TransientDeny],
    ['request-scoped class', RequestScopedDeny],
  ])('a guard given as %s that denies is fatal: dead-lettered at once, the handler never runs', async (_, guard) => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    await hybridApp(placed(origin, guarded(probe, handled, guard)));
    expect(await outcome(probe, handled)).toEqual(DENIED);
  });

  it('a guard on the class denies for its methods', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    const Orders = guarded(probe, handled);
    UseGuards(Deny)(Orders);
    await hybridApp(placed(origin, Orders));
    expect(await outcome(probe, handled)).toEqual(DENIED);
  });

  it('APP_GUARD denies in a hybrid application', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    await hybridApp(placed(origin, guarded(probe, handled), [{ provide: APP_GUARD, useClass: Deny }]));
    expect(await outcome(probe, handled)).toEqual(DENIED);
  });

  it('APP_GUARD denies in a pure microservice', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    await pureApp(placed(origin, guarded(probe, handled), [{ provide: APP_GUARD, useClass: Deny }]));
    expect(await outcome(probe, handled)).toEqual(DENIED);
  });

  it('useGlobalGuards before connectRedisFlow denies', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    const spec = placed(origin, guarded(probe, handled));
    await hybridApp({ ...spec, configure: (app) => app.useGlobalGuards(new Deny()) });
    expect(await outcome(probe, handled)).toEqual(DENIED);
  });

  it('a guard that allows lets the handler run', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    await hybridApp(placed(origin, guarded(probe, handled, allow)));
    await probe.append({ no: 1 });
    await probe.settled(1);
    expect(handled.items).toEqual([{ no: 1 }]);
    expect(await probe.deadLetters()).toEqual([]);
  });

  it('a guard that throws fails the message with its own error, by the policy', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    const broken: CanActivate = { canActivate: () => Promise.reject(new Error('no keys to check with')) };
    const once = { defaults: { stream: { retry: false } } } as const;
    await hybridApp({ ...placed(origin, guarded(probe, handled, broken)), flow: once });
    await probe.append({ no: 1 });
    const letter = await probe.onlyDeadLetter();
    expect(letter).toMatchObject({ reason: 'exhausted', errorClass: 'Error', errorMessage: 'no keys to check with' });
    expect(handled.items).toEqual([]);
  });
});
