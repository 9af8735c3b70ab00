import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientRedis, EventPattern, MessagePattern, type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { type Observable, concat, lastValueFrom, of, throwError, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';
import { clientOf, serve } from '../../support/requests/serve.js';

const patterns = { over: 'channel', wire: 'nest' } as const;

function controllerOf(pattern: string, handled: Recorder<unknown>) {
  @Controller()
  class Old {
    @MessagePattern({ sum: pattern })
    sum(numbers: number[]): number {
      return numbers.reduce((a, b) => a + b, 0);
    }

    @MessagePattern(`${pattern}.many`)
    many(): Observable<number> {
      return concat(
        of(1, 2),
        throwError(() => new Error('secret')),
      );
    }

    @EventPattern(`${pattern}.event`)
    onEvent(data: unknown): void {
      handled.add(data);
    }
  }
  return Old;
}

const address = () => {
  const { hostname, port } = new URL(redisUrl());
  return { host: hostname, port: Number(port) };
};

/** A service that still uses Nest's transport. */
async function oldService(pattern: string, handled: Recorder<unknown>): Promise<void> {
  @Module({ controllers: [controllerOf(pattern, handled)] })
  class OldModule {}
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(OldModule, {
    transport: Transport.REDIS,
    options: address(),
    logger: false,
  });
  onTestFinished(() => app.close());
  await app.listen();
  // It resolves before its SUBSCRIBE is answered.
  const redis = plainRedis();
  await eventually(async () =>
    expect(await redis.pubsub('NUMSUB', `${pattern}.event`)).toEqual([`${pattern}.event`, 1]),
  );
}

function oldClient(): ClientRedis {
  const client = new ClientRedis(address());
  onTestFinished(() => client.close());
  return client;
}

type Side = 'old' | 'new';

describe.each<[client: Side, service: Side]>([
  ['new', 'old'],
  ['old', 'new'],
  ['new', 'new'],
])("with Nest's wire form, a client of the %s kind and a service of the %s kind", (client, service) => {
  it('understand each other', async () => {
    const pattern = unique('side');
    const handled = new Recorder<unknown>();
    if (service === 'old') await oldService(pattern, handled);
    else await serve(controllerOf(pattern, handled), { patterns });
    const caller = client === 'old' ? oldClient() : clientOf({ patterns });
    expect(await lastValueFrom(caller.send({ sum: pattern }, [1, 2, 3]))).toBe(6);
    await expect(lastValueFrom(caller.send(`${pattern}.many`, {}).pipe(toArray()))).rejects.toEqual({
      status: 'error',
      message: 'Internal server error',
    });
    await lastValueFrom(caller.emit(`${pattern}.event`, { id: 1 }), { defaultValue: undefined });
    expect(await handled.count(1)).toEqual([{ id: 1 }]);
  });
});

describe("with Nest's wire form", () => {
  it('a request fails at once where nobody listens', async () => {
    await expect(lastValueFrom(clientOf({ patterns }).send(unique('nobody'), {}))).rejects.toMatchObject({
      code: 'NO_CONSUMER',
    });
  });

  it('a plain text that is no packet arrives as the data of an event', async () => {
    const pattern = unique('foreign');
    const handled = new Recorder<unknown>();
    await serve(controllerOf(pattern, handled), { patterns });
    await plainRedis().publish(`${pattern}.event`, 'just text');
    expect(await handled.count(1)).toEqual(['just text']);
  });
});
