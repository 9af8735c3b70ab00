import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RedisFlowModule, RedisPublisher } from 'nestjs-redis-flow';
import type { Body } from '../message.js';
import type { OpenPublisher } from './publisher.interface.js';

/** A Nest application that only publishes. */
export async function publishingApp(url: string): Promise<INestApplicationContext> {
  @Module({ imports: [RedisFlowModule.forRoot({ connection: url, consume: false })] })
  class PublishingModule {}

  return NestFactory.createApplicationContext(PublishingModule, { logger: ['error', 'warn'], abortOnError: false });
}

const open =
  (send: (publisher: RedisPublisher, key: string, bodies: readonly Body[]) => Promise<unknown>): OpenPublisher =>
  async (url, key) => {
    const app = await publishingApp(url);
    const publisher = app.get(RedisPublisher);
    return { send: (bodies) => send(publisher, key, bodies), close: () => app.close() };
  };

const each = (sendOne: (publisher: RedisPublisher, key: string, body: Body) => Promise<unknown>): OpenPublisher =>
  open((publisher, key, bodies) => Promise.all(bodies.map((body) => sendOne(publisher, key, body))));

const withData = (bodies: readonly Body[]): { readonly data: Body }[] => bodies.map((data) => ({ data }));

export const flowAppend = each((publisher, stream, body) => publisher.append(stream, body));
export const flowAppendMany = open((publisher, stream, bodies) => publisher.appendMany(stream, withData(bodies)));
export const flowEnqueue = each((publisher, queue, body) => publisher.enqueue(queue, body));
export const flowEnqueueMany = open((publisher, queue, bodies) => publisher.enqueueMany(queue, withData(bodies)));
export const flowPublish = each((publisher, channel, body) => publisher.publish(channel, body));
