// An application of its own process: it prints what happens, one word or two a line, and never calls process.exit.
import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/**
 * @typedef {object} ChildOptions
 * @property {string} url
 * @property {string} stream
 * @property {'hybrid' | 'pure'} shape
 * @property {'hooks' | 'close'} signal Nest's own shutdown hooks, or app.close() on SIGTERM.
 * @property {number} work How long a handler takes, in ms.
 * @property {number} timeout `shutdown.timeout`
 * @property {boolean} [journal] Whether the last hook publishes to `<stream>:journal`.
 */

const index = new URL('../../../dist/index.js', import.meta.url);
const { OnStream, RedisFlowModule, RedisFlowStrategy, RedisPublisher, connectRedisFlow } = await import(index.href);

/** @type {ChildOptions} */
const { url, stream, shape, signal, work, timeout, journal } = JSON.parse(process.argv[2] ?? '{}');

/** @param {string} event */
const say = (event) => void process.stdout.write(`${event}\n`);

/**
 * Writes a handler's decorator on the method "handle".
 *
 * @param {MethodDecorator} decorator
 * @param {{ prototype: object }} type
 */
function decorate(decorator, type) {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, 'handle');
  if (descriptor !== undefined) decorator(type.prototype, 'handle', descriptor);
}

/** @param {string} name */
async function handle(name) {
  say(`${name} begin`);
  await sleep(work);
  say(`${name} end`);
}

class OnTheController {
  handle() {
    return handle('controller');
  }
}
decorate(OnStream(stream, { group: 'controller' }), OnTheController);
Controller()(OnTheController);

class OnTheProvider {
  handle() {
    return handle('provider');
  }
}
decorate(OnStream(stream, { group: 'provider' }), OnTheProvider);
Injectable()(OnTheProvider);

class Hooks {
  /** @param {{ append(stream: string, data: unknown): Promise<string> }} publisher */
  constructor(publisher) {
    this.publisher = publisher;
  }

  onModuleDestroy() {
    say('destroy');
  }

  beforeApplicationShutdown() {
    say('before shutdown');
  }

  async onApplicationShutdown() {
    say('shutdown');
    if (journal) await this.publisher.append(`${stream}:journal`, 'shutdown');
  }
}
Inject(RedisPublisher)(Hooks, undefined, 0);
Injectable()(Hooks);

class AppModule {}
Module({
  imports: [RedisFlowModule.forRoot({ connection: url, shutdown: { timeout } })],
  controllers: [OnTheController],
  providers: [OnTheProvider, Hooks],
})(AppModule);

async function startHybrid() {
  const app = await NestFactory.create(AppModule, { logger: false });
  connectRedisFlow(app);
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  return app;
}

async function startPure() {
  /** @param {import('@nestjs/microservices').CustomTransportStrategy} strategy */
  const useFactory = (strategy) => ({ strategy });
  const app = await NestFactory.createMicroservice(AppModule, {
    logger: false,
    inject: [RedisFlowStrategy],
    useFactory,
  });
  await app.listen();
  return app;
}

const app = await (shape === 'hybrid' ? startHybrid() : startPure());
if (signal === 'hooks') app.enableShutdownHooks();
else process.once('SIGTERM', () => void app.close().then(() => say('closed')));
app.get(RedisFlowStrategy).on('disconnected', () => say('disconnected'));
say('ready');
