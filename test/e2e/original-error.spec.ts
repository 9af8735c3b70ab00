import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DEAD_LETTER_HEADERS, OnStream, RedisPublisher } from 'nestjs-redis-flow';
import { mergeMap, throwError } from 'rxjs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../support/app.js';
import { FAST_RETRY } from '../support/e2e/fast-retry.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';

class CardRefused extends Error {
  readonly code: string;

  constructor(message: string, code = 'NO_FUNDS') {
    super(message);
    this.code = code;
  }
}

const PLACES = ['guard', 'pipe', 'interceptor before', 'interceptor after', 'handler', 'handler, later'] as const;
type Place = (typeof PLACES)[number];

function throwing(probe: StreamProbe, place: Place) {
  function thrownBy(here: Place): void {
    if (place === here) throw new CardRefused(`by the ${here}`);
  }
  const guard: CanActivate = { canActivate: () => (thrownBy('guard'), true) };
  const pipe: PipeTransform = { transform: (value: unknown) => (thrownBy('pipe'), value) };
  const interceptor: NestInterceptor = {
    intercept: (_: ExecutionContext, next: CallHandler) => {
      thrownBy('interceptor before');
      return next.handle().pipe(mergeMap((result) => (thrownBy('interceptor after'), [result])));
    },
  };
  @Controller()
  class Orders {
    @OnStream(probe.stream)
    @UseGuards(guard)
    @UsePipes(pipe)
    @UseInterceptors(interceptor)
    async handle(@Payload() _order: unknown): Promise<void> {
      thrownBy('handler');
      await sleep(5);
      thrownBy('handler, later');
    }
  }
  return Orders;
}

interface Job {
  readonly no: number;
}

describe.each(ORIGINS)('the original error of a %s', (origin) => {
  it.each(PLACES)('is in the dead letter with class, message, code and stack when thrown by the %s', async (place) => {
    const probe = new StreamProbe();
    await hybridApp({ ...placed(origin, throwing(probe, place)), flow: FAST_RETRY });
    await probe.append({ no: 1 });
    const { headers } = await probe.onlyDeadLetter();
    expect(headers).toMatchObject({
      [DEAD_LETTER_HEADERS.reason]: 'exhausted',
      [DEAD_LETTER_HEADERS.source]: probe.stream,
      [DEAD_LETTER_HEADERS.group]: 'test',
      [DEAD_LETTER_HEADERS.attempts]: '2',
      [DEAD_LETTER_HEADERS.errorClass]: 'CardRefused',
      [DEAD_LETTER_HEADERS.errorMessage]: `by the ${place}`,
      [DEAD_LETTER_HEADERS.errorCode]: 'NO_FUNDS',
    });
    const stack = headers[DEAD_LETTER_HEADERS.errorStack];
    expect(stack).toContain(`by the ${place}`);
    expect(stack).toContain('original-error.spec');
  });

  it('is never that of another message: 200 messages fail at the same time, each with its own error', async () => {
    const probe = new StreamProbe();
    @Controller()
    class Orders {
      @OnStream(probe.stream, { concurrency: 20, retry: false })
      async handle({ no }: Job): Promise<unknown> {
        await sleep((no * 7) % 5);
        const error = new CardRefused(`order ${no}`, `CODE_${no}`);
        if (no % 3 === 0) return throwError(() => error);
        if (no % 3 === 1) throw `order ${no}` as unknown as Error;
        throw error;
      }
    }
    const app = await hybridApp(placed(origin, Orders));
    const jobs = Array.from({ length: 200 }, (_, no) => ({ data: { no } }));
    await app.get(RedisPublisher).appendMany(probe.stream, jobs);
    await probe.settled(200);
    const letters = await probe.deadLetters();
    expect(letters.map(({ errorMessage }) => errorMessage)).toEqual(
      letters.map(({ data }) => `order ${(data as Job).no}`),
    );
    expect(new Set(letters.map(({ data }) => (data as Job).no)).size).toBe(200);
  });
});
