import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { pureApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';
import { clientOf, serve } from '../../support/requests/serve.js';

const QUICKLY = { stream: { retry: { attempts: 3, backoff: { type: 'fixed', delay: 1 } } } } as const;

/** Emits and waits until Redis has it. */
const emit = (pattern: string, data: unknown) =>
  lastValueFrom(clientOf({ patterns: 'stream' }).emit<void>(pattern, data), { defaultValue: undefined });

describe('an event over a stream', () => {
  it('is kept until its service is there', async () => {
    const pattern = unique('kept');
    const handled = new Recorder<unknown>();
    @Controller()
    class Events {
      @EventPattern(pattern)
      handle(data: unknown): void {
        handled.add(data);
      }
    }
    await emit(pattern, 'early');
    await serve(Events, { patterns: 'stream' });
    expect(await handled.count(1)).toEqual(['early']);
  });

  it('is given to all its handlers again when one of them fails, and is then done', async () => {
    const pattern = unique('again');
    const handled = new Recorder<string>();
    @Controller()
    class Events {
      private failures = 1;

      @EventPattern(pattern)
      first(_data: unknown): void {
        handled.add('first');
        if (this.failures > 0) {
          this.failures -= 1;
          throw new Error('not yet');
        }
      }

      @EventPattern(pattern)
      second(_data: unknown): void {
        handled.add('second');
      }
    }
    await serve(Events, { patterns: 'stream', group: 'events', defaults: QUICKLY });
    await emit(pattern, {});
    const items = await handled.count(4);
    expect(items.toSorted()).toEqual(['first', 'first', 'second', 'second']);
    const redis = plainRedis();
    await eventually(async () => expect((await redis.xpending(pattern, 'events'))[0]).toBe(0));
    expect(await redis.exists(`${pattern}:dlq`)).toBe(0);
  });

  it('goes to the dead letters with its original error, at once where no retry can mend it', async () => {
    const pattern = unique('fatal');
    const handled = new Recorder<unknown>();
    @Controller()
    class Events {
      @EventPattern(pattern)
      handle(data: unknown): void {
        handled.add(data);
        throw new TypeError('order is not a function');
      }
    }
    await serve(Events, { patterns: 'stream', defaults: QUICKLY });
    await emit(pattern, 'poison');
    const redis = plainRedis();
    await eventually(async () => expect(await redis.xlen(`${pattern}:dlq`)).toBe(1));
    const [entry] = await redis.xrange(`${pattern}:dlq`, '-', '+');
    expect(entry?.[1].join(' ')).toContain('order is not a function');
    expect(handled.items).toEqual(['poison']);
  });

  it('needs a consumer group, which is said when the service starts', async () => {
    const pattern = unique('groupless');
    @Controller()
    class Events {
      @EventPattern(pattern)
      handle(_data: unknown): void {}
    }
    const flow = { patterns: 'stream', group: undefined as never } as const;
    await expect(pureApp({ controllers: [Events], flow })).rejects.toMatchObject({ code: 'MISSING_GROUP' });
  });
});
