import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientRedis } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';
import { OwnServer } from '../../support/own-server.js';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { flow, side, startAfter } from './examples/requests/main.after.js';
import { startBefore } from './examples/requests/main.before.js';
import { MathController } from './examples/requests/math.controller.js';
import { Reports } from './examples/requests/reports.js';
import { Shop, clients } from './examples/requests/shop.js';

/** The examples name their patterns, so they have a server for themselves. */
async function examples(imports: (url: string) => DynamicModule[]) {
  const { url } = await OwnServer.start();
  const sold = new Recorder<number>();
  const write = async (year: number) => `report of ${year}`;

  @Module({
    imports: imports(url),
    controllers: [MathController],
    providers: [{ provide: Reports, useValue: { write, add: sold.add } }],
  })
  class AppModule {}

  @Module({ imports: [clients(url)], providers: [Shop] })
  class ShopModule {}

  const shopApp = await NestFactory.createApplicationContext(ShopModule, { logger: false });
  onTestFinished(() => shopApp.close());
  return { url, AppModule, shop: shopApp.get(Shop), sold };
}

it('the examples of requests ask and answer', async () => {
  const { AppModule, shop, sold } = await examples((url) => [flow(url)]);
  expect(await shop.totalOrNothing([1])).toBeUndefined();
  const app = await startAfter(AppModule);
  onTestFinished(() => app.close());
  expect(await shop.total([1, 2, 3])).toBe(6);
  expect(await shop.totalOrNothing([1])).toBe(1);
  expect(await shop.countdown(3)).toEqual([3, 2, 1]);
  expect(await shop.report(2026)).toBe('report of 2026');
  shop.sold(5);
  expect(await sold.count(1)).toEqual([5]);
});

it("the service of the migration answers Nest's own client before and after its first step", async () => {
  const before = await examples(() => []);
  const { hostname: host, port } = new URL(before.url);
  const oldApp = await startBefore(before.AppModule, host, Number(port));
  onTestFinished(() => oldApp.close());
  const client = new ClientRedis({ host, port: Number(port) });
  onTestFinished(() => client.close());
  await client.connect();
  const [redis] = client.unwrap<[{ pubsub(...args: string[]): Promise<[string, number]> }]>();
  await eventually(async () => expect((await redis.pubsub('NUMSUB', 'sum'))[1]).toBe(1));
  expect(await lastValueFrom(client.send('sum', [1, 2]))).toBe(3);

  const after = await examples((url) => [side(url)]);
  const newApp = await startAfter(after.AppModule);
  onTestFinished(() => newApp.close());
  const address = new URL(after.url);
  const other = new ClientRedis({ host: address.hostname, port: Number(address.port) });
  onTestFinished(() => other.close());
  expect(await lastValueFrom(other.send('sum', [1, 2]))).toBe(3);
});
