/**
 * A worker in a process of its own, as an application would be one: it uses the built package. Its parent reads what it
 * starts from the IPC channel.
 */
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx } from '@nestjs/microservices';
import { OnQueue, OnStream, RedisFlowModule, RedisFlowStrategy } from '../../../dist/index.js';

/** @type {{ url: string, kind: 'stream' | 'queue', target: string, group: string, lease: number, attempts: number }} */
const { url, kind, target, group, lease, attempts } = JSON.parse(String(process.env['WORKER']));

/** @param {unknown} message */
const tell = (message) => new Promise((sent) => process.send?.(message, sent));

class ChildHandler {
  /** @param {import('../../../dist/index.js').RedisFlowContext} context */
  async handle({ message, attempt }) {
    await tell({ data: message.data, attempt });
    if (message.data === 'hang') await new Promise(() => {});
    if (message.data === 'poison') process.kill(process.pid, 'SIGKILL');
  }
}

class ChildModule {}

const options = { lease, retry: { attempts } };
const decorate = kind === 'stream' ? OnStream(target, { ...options, group }) : OnQueue(target, options);
Ctx()(ChildHandler.prototype, 'handle', 0);
decorate(
  ChildHandler.prototype,
  'handle',
  /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(ChildHandler.prototype, 'handle')),
);
Controller()(ChildHandler);
Module({ imports: [RedisFlowModule.forRoot({ connection: url })], controllers: [ChildHandler] })(ChildModule);

const app = await NestFactory.createMicroservice(ChildModule, {
  inject: [RedisFlowStrategy],
  useFactory: (/** @type {RedisFlowStrategy} */ strategy) => ({ strategy }),
  logger: false,
});
await app.listen();
process.on('disconnect', () => process.exit());
