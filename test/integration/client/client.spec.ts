import { Controller, Inject, Injectable } from '@nestjs/common';
import { Client, ClientProxy, ClientsModule, MessagePattern } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { RedisFlowClient, RedisFlowRecordBuilder } from 'nestjs-redis-flow';
import { firstValueFrom, lastValueFrom, of } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';
import { clientOf, serve } from '../../support/requests/serve.js';

/** A service that answers with what it got. */
async function echoService(): Promise<string> {
  const pattern = unique('echo');
  @Controller()
  class Echo {
    @MessagePattern(pattern)
    echo(data: unknown): unknown {
      return of(data);
    }
  }
  await serve(Echo, { patterns: 'channel' });
  return pattern;
}

describe('a client', () => {
  it('is cold for send and hot for emit', async () => {
    const pattern = await echoService();
    const client = clientOf({ patterns: 'channel' });
    const redis = plainRedis();
    const heard = new Recorder<string>();
    redis.on('message', (_channel, message: string) => heard.add(message));
    const other = unique('event');
    await redis.subscribe(pattern, other);
    const request = client.send(pattern, 1);
    client.emit(other, 'emitted');
    expect(await heard.count(1)).toEqual(['"emitted"']);
    expect(await lastValueFrom(request)).toBe(1);
    expect(await lastValueFrom(request)).toBe(1);
    expect(await heard.count(3)).toHaveLength(3);
  });

  it('works in ClientsModule and as a property with @Client', async () => {
    const pattern = await echoService();
    const options = { connection: redisUrl(), patterns: 'channel' };
    @Injectable()
    class Injected {
      constructor(@Inject('ECHO') readonly client: ClientProxy) {}
    }
    @Controller()
    class WithProperty {
      // Its type does not know of custom classes.
      @Client({ customClass: RedisFlowClient, options } as object)
      readonly client!: ClientProxy;
    }
    const moduleRef = await Test.createTestingModule({
      imports: [ClientsModule.register([{ name: 'ECHO', customClass: RedisFlowClient, options }])],
      providers: [Injected],
      controllers: [WithProperty],
    }).compile();
    const app = moduleRef.createNestApplication({ logger: false });
    app.connectMicroservice({ strategy: { listen: (done: () => void) => done(), close: () => undefined } });
    onTestFinished(() => app.close());
    await app.init();
    expect(await firstValueFrom(app.get(Injected).client.send(pattern, 'injected'))).toBe('injected');
    expect(await firstValueFrom(app.get(WithProperty).client.send(pattern, 'property'))).toBe('property');
  });

  it('tells its status, and gives its ioredis client', async () => {
    const client = clientOf({ patterns: 'stream' });
    const statuses = new Recorder<string>();
    const events = new Recorder<string>();
    client.status.subscribe(statuses.add);
    client.on('connected', () => events.add('connected'));
    await client.connect();
    expect(statuses.items).toEqual(['connected']);
    expect(events.items).toEqual(['connected']);
    expect(await client.unwrap<{ ping(): Promise<string> }>().ping()).toBe('PONG');
  });

  it('connects anew when it is used after its close', async () => {
    const pattern = await echoService();
    const client = clientOf({ patterns: 'channel' });
    expect(await lastValueFrom(client.send(pattern, 1))).toBe(1);
    await client.close();
    await client.close();
    expect(await lastValueFrom(client.send(pattern, 2))).toBe(2);
  });

  it('refuses bad options when it is made', () => {
    const make = (options: object) => () => new RedisFlowClient(options as never);
    const connection = redisUrl();
    expect(make({ connection })).toThrow('RedisFlowClient: option "patterns" is undefined');
    expect(make({ connection, patterns: 'queue' })).toThrow(
      `RedisFlowClient: option "patterns" is "queue", but must be 'channel', 'stream' or { over: 'channel', wire: 'nest' }.`,
    );
    expect(make({ connection, patterns: { over: 'stream', wire: 'nest' } })).toThrow('option "patterns"');
    expect(make({ patterns: 'stream' })).toThrow('option "connection"');
    expect(make({ connection, patterns: 'stream', wire: 'nest' })).toThrow('option "wire"');
  });

  it('refuses a bad record when it is built, and a missing pattern or data as Nest does', async () => {
    const builder = new RedisFlowRecordBuilder(1);
    expect(() => builder.setTimeout(0)).toThrow('RedisFlowRecordBuilder: option "timeout" is 0');
    expect(() => builder.setHeaders('x' as never)).toThrow('RedisFlowRecordBuilder: option "headers"');
    const client = clientOf({ patterns: 'stream' });
    await expect(lastValueFrom(client.send('x', undefined))).rejects.toThrow('invalid data or message pattern');
  });
});
