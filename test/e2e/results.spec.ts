import { Controller } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { OnStream, RedisFlowContext } from 'nestjs-redis-flow';
import {
  EMPTY,
  NEVER,
  Observable,
  Subject,
  concat,
  finalize,
  interval,
  mergeMap,
  of,
  takeWhile,
  throwError,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../support/app.js';
import { FAST_RETRY } from '../support/e2e/fast-retry.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { Recorder } from '../support/recorder.js';

function returning(probe: StreamProbe, handle: (context: RedisFlowContext) => unknown, timeout?: number) {
  @Controller()
  class Orders {
    @OnStream(probe.stream, timeout === undefined ? {} : { timeout })
    handle(@Ctx() context: RedisFlowContext): unknown {
      return handle(context);
    }
  }
  return Orders;
}

describe.each(ORIGINS)('results of a %s', (origin) => {
  it.each([
    ['nothing', () => undefined],
    ['null', () => null],
    ['a value', () => ({ ok: true })],
    ['a promise', () => Promise.resolve('done')],
    ['an observable', () => of(1, 2, 3)],
    ['a promise of an observable', () => Promise.resolve(of('done'))],
    ['an empty observable', () => EMPTY],
    ['an Error that is not thrown', () => new Error('a value like any other')],
  ])('a handler that returns %s has succeeded: acknowledged, not retried', async (_, handle) => {
    const probe = new StreamProbe();
    const attempts = new Recorder<unknown>();
    const counting = () => (attempts.add(1), handle());
    await hybridApp({ ...placed(origin, returning(probe, counting)), flow: FAST_RETRY });
    await probe.append({});
    await probe.settled(1);
    expect(attempts.items).toHaveLength(1);
    expect(await probe.deadLetters()).toEqual([]);
  });

  it('an observable is subscribed to once, and its message is acknowledged when it completes, not before', async () => {
    const probe = new StreamProbe();
    const work = new Subject<string>();
    const subscribed = new Recorder<number>();
    const source = new Observable<string>((subscriber) => {
      subscribed.add(1);
      return work.subscribe(subscriber);
    });
    await hybridApp(
      placed(
        origin,
        returning(probe, () => source),
      ),
    );
    await probe.append({});
    await subscribed.count(1);
    work.next('a value is not the end');
    expect(await probe.pending()).toBe(1);
    work.complete();
    await probe.settled(1);
    expect(subscribed.items).toHaveLength(1);
  });

  it('an observable that completes after 200 ms or more keeps its message pending until then', async () => {
    const probe = new StreamProbe();
    const started = new Recorder<number>();
    const ended = new Recorder<number>();
    const seen: number[] = [];
    const slow = interval(50).pipe(
      // Not before it was looked once: an answer of Redis may take longer.
      takeWhile((tick) => tick < 3 || seen.length === 0),
      finalize(() => ended.add(Date.now())),
    );
    const handle = () => (started.add(Date.now()), slow);
    await hybridApp(placed(origin, returning(probe, handle)));
    await probe.append({});
    await started.count(1);
    while (ended.items.length === 0) {
      const pending = await probe.pending();
      if (ended.items.length === 0) seen.push(pending);
    }
    expect(new Set(seen)).toEqual(new Set([1]));
    await probe.settled(1);
    expect((ended.items[0] ?? 0) - (started.items[0] ?? 0)).toBeGreaterThanOrEqual(190);
  });

  it.each([
    ['at once', throwError(() => new Error('no funds'))],
    [
      'after some values',
      concat(
        of(1, 2),
        throwError(() => new Error('no funds')),
      ),
    ],
    ['later', timer(20).pipe(mergeMap(() => throwError(() => new Error('no funds'))))],
  ])('an observable that errors %s is a failure: retried, then dead-lettered', async (_, source) => {
    const probe = new StreamProbe();
    await hybridApp({
      ...placed(
        origin,
        returning(probe, () => source),
      ),
      flow: FAST_RETRY,
    });
    await probe.append({});
    expect(await probe.onlyDeadLetter()).toMatchObject({
      reason: 'exhausted',
      errorClass: 'Error',
      errorMessage: 'no funds',
      attempts: 2,
    });
  });

  it.each([
    ['an observable that never completes', () => NEVER],
    ['a promise that never settles', () => new Promise<never>(() => undefined)],
  ])('%s fails when its timeout is over, and the signal fires', async (_, handle) => {
    const probe = new StreamProbe();
    const aborted = new Recorder<unknown>();
    const watching = (context: RedisFlowContext) => {
      context.signal.addEventListener('abort', () => aborted.add(context.signal.reason));
      return handle();
    };
    await hybridApp({ ...placed(origin, returning(probe, watching, 50)), flow: FAST_RETRY });
    await probe.append({});
    const letter = await probe.onlyDeadLetter();
    expect(letter).toMatchObject({ reason: 'exhausted', errorClass: 'HandlerTimeoutError', attempts: 2 });
    expect(aborted.items).toHaveLength(2);
  });

  it('an observable whose timeout is over is unsubscribed from', async () => {
    const probe = new StreamProbe();
    const unsubscribed = new Recorder<number>();
    const endless = new Observable(() => () => unsubscribed.add(1));
    await hybridApp({
      ...placed(
        origin,
        returning(probe, () => endless, 50),
      ),
      flow: FAST_RETRY,
    });
    await probe.append({});
    await probe.onlyDeadLetter();
    expect(unsubscribed.items).toHaveLength(2);
  });
});
