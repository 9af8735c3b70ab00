import { type INestApplication, Injectable, type Type } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  type ChannelOptions,
  type GapEvent,
  OnChannel,
  type OverflowEvent,
  RedisFlowEvents,
  type RedisFlowOptions,
} from 'nestjs-redis-flow';
import type { Redis } from 'ioredis';
import { hybridApp } from '../../support/app.js';
import { Recorder } from '../../support/recorder.js';
import { unique } from '../../support/redis.js';

/** A class whose handler hands over what it gets. */
export function listenerOf(
  channel: string | string[],
  options: ChannelOptions,
  handle: (data: unknown) => unknown,
): Type {
  @Injectable()
  class Listener {
    @OnChannel(channel, options)
    async handle(@Payload() data: unknown): Promise<void> {
      await handle(data);
    }
  }
  return Listener;
}

export interface ListeningApp {
  readonly app: INestApplication;
  /** Names its clients in CLIENT LIST. */
  readonly consumer: string;
  readonly gaps: Recorder<GapEvent>;
  readonly overflows: Recorder<OverflowEvent>;
}

/** An application with these listeners, and what it says of its channels. */
export async function listen(listeners: readonly Type[], flow: Partial<RedisFlowOptions> = {}): Promise<ListeningApp> {
  const consumer = unique('listening');
  const app = await hybridApp({ flow: { consumer, ...flow }, providers: [...listeners] });
  const gaps = new Recorder<GapEvent>();
  const overflows = new Recorder<OverflowEvent>();
  app.get(RedisFlowEvents).events$.subscribe((event) => {
    if (event.type === 'gap') gaps.add(event);
    if (event.type === 'overflow') overflows.add(event);
  });
  return { app, consumer, gaps, overflows };
}

/** Kills the connection for subscriptions of a consumer, as CLIENT KILL does. @returns how many there were. */
export async function killSubscriber(redis: Redis, consumer: string): Promise<number> {
  const list = String(await redis.client('LIST'));
  const ids = list
    .split('\n')
    .filter((line) => line.includes(` name=${consumer}:default:subscriber `))
    .map((line) => /^id=(\d+)/.exec(line)?.[1] ?? '');
  for (const id of ids) await redis.client('KILL', 'ID', id);
  return ids.length;
}
