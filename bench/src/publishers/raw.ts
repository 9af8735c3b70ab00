import { Redis } from 'ioredis';
import { type Body, packetAround } from '../message.js';
import type { OpenPublisher } from './publisher.interface.js';

type Pipelining = { readonly enableAutoPipelining?: boolean };
type SendOne = (redis: Redis, key: string, json: string) => Promise<unknown>;

const open =
  (
    options: Pipelining,
    send: (redis: Redis, key: string, bodies: readonly Body[]) => Promise<unknown>,
  ): OpenPublisher =>
  async (url, key) => {
    const redis = new Redis(url, options);
    await redis.ping();
    return { send: (bodies) => send(redis, key, bodies), close: async () => void (await redis.quit()) };
  };

/** A command for each message, all in the same tick. */
const each = (options: Pipelining, sendOne: SendOne): OpenPublisher =>
  open(options, (redis, key, bodies) => Promise.all(bodies.map((body) => sendOne(redis, key, JSON.stringify(body)))));

const xadd: SendOne = (redis, key, json) => redis.xadd(key, '*', '$data', json);
const publish: SendOne = (redis, key, json) => redis.publish(key, json);

/** XADD, as ioredis does it by default. */
export const rawAppend = each({}, xadd);

/** XADD with ioredis' autopipelining. */
export const autopipelinedAppend = each({ enableAutoPipelining: true }, xadd);

/** One pipeline of XADDs. */
export const pipelinedAppend = open({}, async (redis, key, bodies) => {
  const pipeline = redis.pipeline();
  for (const body of bodies) pipeline.xadd(key, '*', '$data', JSON.stringify(body));
  const replies = (await pipeline.exec()) ?? [];
  const [failure] = replies.flatMap(([error]) => (error === null ? [] : [error]));
  if (failure !== undefined) throw failure;
});

/** LPUSH. */
export const rawPush = each({}, (redis, key, json) => redis.lpush(key, json));

/** PUBLISH. */
export const rawPublish = each({}, publish);

/** PUBLISH with ioredis' autopipelining. */
export const autopipelinedPublish = each({ enableAutoPipelining: true }, publish);

/** PUBLISH of the packet that Nest's Redis transport expects. */
export const rawPublishPacket = each({}, (redis, key, json) => redis.publish(key, packetAround(key, json)));
