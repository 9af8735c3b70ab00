import {
  Controller,
  Injectable,
  type PipeTransform,
  StandardSchemaValidationPipe,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { Payload } from '@nestjs/microservices';
import { IsInt, IsString } from 'class-validator';
import { OnStream } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hybridApp, pureApp } from '../support/app.js';
import { ORIGINS, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { Recorder } from '../support/recorder.js';

class OrderDto {
  @IsInt()
  no!: number;

  @IsString()
  customer!: string;
}

const VALID = { no: 1, customer: 'c1' };
const INVALID = { no: 'one' };
const schema = z.object({ no: z.coerce.number().int(), customer: z.string().default('nobody') });

@Injectable()
class Doubling implements PipeTransform<{ no: number }> {
  transform(order: { no: number }): { no: number } {
    return { no: order.no * 2 };
  }
}

function withDto(probe: StreamProbe, handled: Recorder<unknown>) {
  @Controller()
  class Orders {
    @OnStream(probe.stream)
    handle(@Payload() order: OrderDto): void {
      handled.add(order);
    }
  }
  return Orders;
}

/** What became of one message that is not valid. */
async function refusal(probe: StreamProbe, handled: Recorder<unknown>) {
  await probe.append(INVALID);
  const { reason, errorClass, attempts, data } = await probe.onlyDeadLetter();
  return { reason, errorClass, attempts, data, handled: handled.items };
}

const REFUSED = { reason: 'fatal', errorClass: 'BadRequestException', attempts: 1, data: INVALID, handled: [] };

describe.each(ORIGINS)('pipes of a %s', (origin) => {
  it('an invalid message is fatal with ValidationPipe: dead-lettered with BadRequestException', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    const Orders = withDto(probe, handled);
    UsePipes(new ValidationPipe())(Orders);
    await hybridApp(placed(origin, Orders));
    expect(await refusal(probe, handled)).toEqual(REFUSED);
  });

  it('ValidationPipe with transform gives the handler an instance of the DTO', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    const Orders = withDto(probe, handled);
    UsePipes(new ValidationPipe({ transform: true }))(Orders);
    await hybridApp(placed(origin, Orders));
    await probe.append(VALID);
    const [order] = await handled.count(1);
    expect(order).toBeInstanceOf(OrderDto);
    expect(order).toEqual(VALID);
  });

  it('a global pipe set before connectRedisFlow refuses and transforms', async () => {
    const [refused, taken] = [new StreamProbe(), new StreamProbe()];
    const handled = new Recorder<unknown>();
    const configure = (app: { useGlobalPipes(pipe: PipeTransform): unknown }) =>
      void app.useGlobalPipes(new ValidationPipe({ transform: true }));
    await hybridApp({ ...placed(origin, [withDto(refused, handled), withDto(taken, handled)]), configure });
    expect(await refusal(refused, handled)).toEqual(REFUSED);
    await taken.append(VALID);
    const [order] = await handled.count(1);
    expect(order).toBeInstanceOf(OrderDto);
    expect(order).toEqual(VALID);
  });

  it('APP_PIPE refuses in a pure microservice', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    const appPipe = { provide: APP_PIPE, useFactory: () => new ValidationPipe() };
    await pureApp(placed(origin, withDto(probe, handled), [appPipe]));
    expect(await refusal(probe, handled)).toEqual(REFUSED);
  });

  it('a pipe given to @Payload is resolved from the container and applied', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    @Controller()
    class Orders {
      @OnStream(probe.stream)
      handle(@Payload(Doubling) order: unknown): void {
        handled.add(order);
      }
    }
    await hybridApp(placed(origin, Orders));
    await probe.append({ no: 21 });
    expect(await handled.count(1)).toEqual([{ no: 42 }]);
  });

  it('a Standard Schema on @Payload gives what the schema made of the message', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    @Controller()
    class Orders {
      @OnStream(probe.stream)
      @UsePipes(StandardSchemaValidationPipe)
      handle(@Payload({ schema }) order: z.infer<typeof schema>): void {
        handled.add(order);
      }
    }
    await hybridApp(placed(origin, Orders));
    await probe.append({ no: '7' });
    expect(await handled.count(1)).toEqual([{ no: 7, customer: 'nobody' }]);
  });

  it('a message that breaks its Standard Schema is fatal: dead-lettered with BadRequestException', async () => {
    const probe = new StreamProbe();
    const handled = new Recorder<unknown>();
    @Controller()
    class Orders {
      @OnStream(probe.stream)
      handle(@Payload({ schema }) order: unknown): void {
        handled.add(order);
      }
    }
    const configure = (app: { useGlobalPipes(pipe: PipeTransform): unknown }) =>
      void app.useGlobalPipes(new StandardSchemaValidationPipe());
    await hybridApp({ ...placed(origin, Orders), configure });
    expect(await refusal(probe, handled)).toEqual(REFUSED);
  });
});
