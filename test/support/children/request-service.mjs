// A service of its own process: it answers requests with the number that it got, and tells its parent of each start.
import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';

/**
 * @typedef {object} ServiceOptions
 * @property {string} url
 * @property {string} pattern
 * @property {number} work How long a handler takes, in ms.
 * @property {number} lease
 */

const index = new URL('../../../dist/index.js', import.meta.url);
const { RedisFlowModule, RedisFlowStrategy } = await import(index.href);

/** @type {ServiceOptions} */
const { url, pattern, work, lease } = JSON.parse(process.env['SERVICE'] ?? '{}');

class Echo {
  /** @param {number} number */
  async echo(number) {
    process.send?.({ started: number });
    await sleep(work);
    return number;
  }
}
const descriptor = Object.getOwnPropertyDescriptor(Echo.prototype, 'echo');
if (descriptor !== undefined) MessagePattern(pattern)(Echo.prototype, 'echo', descriptor);
Controller()(Echo);

class AppModule {}
Module({
  imports: [RedisFlowModule.forRoot({ connection: url, patterns: 'stream', defaults: { stream: { lease } } })],
  controllers: [Echo],
})(AppModule);

/** @param {import('@nestjs/microservices').CustomTransportStrategy} strategy */
const useFactory = (strategy) => ({ strategy });
const app = await NestFactory.createMicroservice(AppModule, {
  logger: false,
  inject: [RedisFlowStrategy],
  useFactory,
});
await app.listen();
process.once('disconnect', () => void app.close());
process.send?.({ ready: true });
