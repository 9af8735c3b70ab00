/**
 * A worker in a process of its own, as an application would be one: it uses the built package. What its handler does is
 * told by each message. It notes what happens in a file, before anything else is done, so that it is known also after a
 * kill -9, and tells its parent over the IPC channel. SIGTERM closes it as an application is closed.
 */
import { appendFileSync } from 'node:fs';
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx } from '@nestjs/microservices';
import { OnQueue, OnStream, RedisFlowModule, RedisFlowStrategy } from '../../../dist/index.js';
import { behave } from './behaviour.mjs';

/**
 * @typedef {object} WorkerOptions
 * @property {string} url
 * @property {'stream' | 'queue'} kind
 * @property {string} target
 * @property {Record<string, unknown>} options The handler's.
 * @property {string} [onceField] The field of the data that is the idempotency key.
 * @property {string} [consumer]
 * @property {number} [skew] How wrong its clock is, in ms.
 * @property {string} [ledger] The file.
 */

/** @type {WorkerOptions} */
const { url, kind, target, options, onceField, consumer, skew = 0, ledger } = JSON.parse(String(process.env['WORKER']));

const trueTime = Date.now;
Date.now = () => trueTime() + skew;

/**
 * @param {string} event
 * @param {import('../../../dist/index.js').RedisFlowContext} context
 */
function note(event, { message: { id, data }, attempt }) {
  const line = { event, id, data, attempt, pid: process.pid, at: trueTime() };
  if (ledger !== undefined) appendFileSync(ledger, `${JSON.stringify(line)}\n`);
  process.send?.(line);
}

class ChildHandler {
  /** @param {import('../../../dist/index.js').RedisFlowContext} context */
  async handle(context) {
    note('start', context);
    context.signal.addEventListener('abort', () => note('aborted', context));
    try {
      return await behave(context);
    } finally {
      note('end', context);
    }
  }
}

class ChildModule {}

const once =
  onceField === undefined
    ? {}
    : {
        ack: {
          once: { window: 60_000, key: (/** @type {{ data: any }} */ { data }) => String(data[onceField]) },
        },
      };
const decorate = (kind === 'stream' ? OnStream : OnQueue)(target, { ...options, ...once });
Ctx()(ChildHandler.prototype, 'handle', 0);
decorate(
  ChildHandler.prototype,
  'handle',
  /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(ChildHandler.prototype, 'handle')),
);
Controller()(ChildHandler);
const flow = { connection: url, ...(consumer === undefined ? {} : { consumer }) };
Module({ imports: [RedisFlowModule.forRoot(flow)], controllers: [ChildHandler] })(ChildModule);

const app = await NestFactory.createMicroservice(ChildModule, {
  inject: [RedisFlowStrategy],
  useFactory: (/** @type {RedisFlowStrategy} */ strategy) => ({ strategy }),
  logger: false,
});
// Before it takes messages, as it may be told to close from the first one on.
process.once('SIGTERM', () => void app.close().then(() => process.exit()));
await app.listen();
process.on('disconnect', () => process.exit());
process.send?.({ event: 'ready' });
