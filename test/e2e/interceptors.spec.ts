import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { DeadLetter, OnStream, RedisFlowContext } from 'nestjs-redis-flow';
import { EMPTY, type Observable, catchError, map, of, tap, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../support/app.js';
import { FAST_RETRY } from '../support/e2e/fast-retry.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { Recorder } from '../support/recorder.js';

const interceptor = (
  run: (next: Observable<unknown>, host: ExecutionContext) => Observable<unknown>,
): NestInterceptor => ({ intercept: (host: ExecutionContext, next: CallHandler) => run(next.handle(), host) });

function intercepted(probe: StreamProbe, handle: () => unknown, ...interceptors: NestInterceptor[]) {
  @Controller()
  class Orders {
    @OnStream(probe.stream)
    @UseInterceptors(...interceptors)
    handle(): unknown {
      return handle();
    }
  }
  return Orders;
}

describe.each(ORIGINS)('interceptors of a %s', (origin) => {
  it('run before and after the handler, in order, with the context and the payload', async () => {
    const probe = new StreamProbe();
    const seen = new Recorder<string>();
    const named = (name: string) =>
      interceptor((next, host) => {
        const context = host.switchToRpc().getContext<RedisFlowContext>();
        const { no } = host.switchToRpc().getData<{ no: number }>();
        seen.add(`${name} before ${context.getPattern() === probe.stream} ${no} ${host.getType()}`);
        return next.pipe(tap((result) => seen.add(`${name} after ${String(result)}`)));
      });
    const handle = () => {
      seen.add('handler');
      return 'result';
    };
    await hybridApp(placed(origin, intercepted(probe, handle, named('outer'), named('inner'))));
    await probe.append({ no: 7 });
    await probe.settled(1);
    const calls = ['outer before true 7 rpc', 'inner before true 7 rpc', 'handler'];
    expect(seen.items).toEqual([...calls, 'inner after result', 'outer after result']);
  });

  it('APP_INTERCEPTOR is applied', async () => {
    const probe = new StreamProbe();
    const seen = new Recorder<string>();
    @Injectable()
    class Watching implements NestInterceptor {
      intercept(host: ExecutionContext, next: CallHandler): Observable<unknown> {
        seen.add(host.getHandler().name);
        return next.handle();
      }
    }
    const global = { provide: APP_INTERCEPTOR, useClass: Watching };
    await hybridApp(
      placed(
        origin,
        intercepted(probe, () => undefined),
        [global],
      ),
    );
    await probe.append({});
    await probe.settled(1);
    expect(seen.items).toEqual(['handle']);
  });

  it('what an interceptor maps the result to decides, as if the handler had returned it', async () => {
    const probe = new StreamProbe();
    const giveUp = interceptor((next) => next.pipe(map((result) => DeadLetter.because(`mapped ${String(result)}`))));
    await hybridApp(
      placed(
        origin,
        intercepted(probe, () => 'result', giveUp),
      ),
    );
    await probe.append({});
    const { headers, reason } = await probe.onlyDeadLetter();
    expect(reason).toBe('rejected');
    expect(Object.values(headers)).toContain('mapped result');
  });

  it.each([
    ['EMPTY instead of the handler', interceptor(() => EMPTY)],
    ['EMPTY after a failure', interceptor((next) => next.pipe(catchError(() => EMPTY)))],
    ['a value after a failure', interceptor((next) => next.pipe(catchError(() => of('mended'))))],
  ])('%s counts as success: the message is acknowledged', async (_, mending) => {
    const probe = new StreamProbe();
    const fail = () => Promise.reject(new Error('not reached, or mended'));
    await hybridApp({ ...placed(origin, intercepted(probe, fail, mending)), flow: FAST_RETRY });
    await probe.append({});
    await probe.settled(1);
    expect(await probe.deadLetters()).toEqual([]);
  });

  it('an interceptor that throws before the handler fails the message with its error', async () => {
    const probe = new StreamProbe();
    const seen = new Recorder<string>();
    const failing = interceptor(() => {
      throw new Error('by interceptor');
    });
    await hybridApp({
      ...placed(
        origin,
        intercepted(probe, () => seen.add('ran'), failing),
      ),
      flow: FAST_RETRY,
    });
    await probe.append({});
    expect(await probe.onlyDeadLetter()).toMatchObject({ reason: 'exhausted', errorMessage: 'by interceptor' });
    expect(seen.items).toEqual([]);
  });

  it('an interceptor that replaces the error decides which one is classified and kept', async () => {
    const probe = new StreamProbe();
    const replacing = interceptor((next) =>
      next.pipe(catchError((cause: Error) => throwError(() => new Error(`instead of ${cause.message}`)))),
    );
    const fail = () => Promise.reject(new TypeError('fatal'));
    await hybridApp({ ...placed(origin, intercepted(probe, fail, replacing)), flow: FAST_RETRY });
    await probe.append({});
    const letter = await probe.onlyDeadLetter();
    expect(letter).toMatchObject({ reason: 'exhausted', errorClass: 'Error', errorMessage: 'instead of fatal' });
  });
});
