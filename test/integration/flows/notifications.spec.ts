import type { INestApplication } from '@nestjs/common';
import {
  type Codec,
  InvalidOptionError,
  type LostEvent,
  type Message,
  type NotificationsOptions,
  RedisFlowEvents,
  type RedisFlowOptions,
  RedisFlows,
  RedisPublisher,
} from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { OwnServer } from '../../support/own-server.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { killSubscriber } from '../channel/listeners.js';

/** An application with a channel, and what its subscribers get. */
class Notes {
  readonly channel = unique('notes');
  readonly history = `${this.channel}:history`;
  readonly consumer = unique('flows');
  private app: INestApplication | undefined;

  async start(flow: Partial<RedisFlowOptions> = {}): Promise<this> {
    this.app = await hybridApp({ flow: { consumer: this.consumer, ...flow } });
    return this;
  }

  get<T>(type: new (...args: never[]) => T): T {
    return this.app?.get(type) as T;
  }

  close(): Promise<void> | undefined {
    return this.app?.close();
  }

  notify(data: unknown, maxLength?: number): Promise<{ id: string; receivers: number }> {
    const { history } = this;
    return this.get(RedisPublisher).notify(
      this.channel,
      data,
      maxLength === undefined ? { history } : { history, maxLength },
    );
  }

  notes$(options: Partial<NotificationsOptions> = {}) {
    return this.get(RedisFlows).notifications$<number>(this.channel, { history: this.history, ...options });
  }

  /** Subscribes, and remembers what comes. */
  client(after?: string) {
    const got = new Recorder<Message<number>>();
    const subscription = this.notes$({ after }).subscribe(got.add);
    const data = async (count: number): Promise<number[]> => (await got.count(count)).map((message) => message.data);
    return { got, subscription, data };
  }

  /** Resolves when so many subscribers of Redis listen. */
  async heard(count: number): Promise<void> {
    const redis = plainRedis();
    const subscribers = async () => Number((await redis.pubsub('NUMSUB', this.channel))[1]);
    await eventually(async () => {
      if ((await subscribers()) !== count) throw new Error(`not ${count} subscribers yet`);
    });
  }
}

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('notifications$', () => {
  it('gives what is published from now on', async () => {
    const notes = await new Notes().start();
    await notes.notify(0);
    const client = notes.client();
    await notes.heard(1);
    const { id } = await notes.notify(1);
    const [message] = await client.got.count(1);
    const { channel } = notes;
    expect(message).toEqual({
      id,
      data: 1,
      headers: {},
      source: { mechanism: 'channel', key: channel, channel },
      timestamp: Number.parseInt(id, 10),
    });
  });

  it('gives what a client has missed, and then what is published, without a hole and without a double', async () => {
    const notes = await new Notes().start();
    const { id } = await notes.notify(0);
    for (const number of numbers(1, 350)) void notes.notify(number);
    const client = notes.client(id);
    // Published while the history is read, by another instance.
    const other = new Notes();
    Object.assign(other, { channel: notes.channel, history: notes.history });
    await other.start();
    for (const number of numbers(351, 700)) await other.notify(number);
    expect(await client.data(700)).toEqual(numbers(1, 700));
    const all = notes.client('0');
    expect(await all.data(701)).toEqual(numbers(0, 700));
  });

  it('gives many clients theirs over one subscription, and drops it with the last of them', async () => {
    const notes = await new Notes().start();
    const ids: string[] = [];
    for (const number of numbers(0, 9)) ids.push((await notes.notify(number)).id);
    const clients = ids.map((id) => notes.client(id));
    await notes.heard(1);
    expect((await notes.notify(10)).receivers).toBe(1);
    for (const [index, client] of clients.entries())
      expect(await client.data(10 - index)).toEqual(numbers(index + 1, 10));
    for (const { subscription } of clients) subscription.unsubscribe();
    await notes.heard(0);
    await notes.notify(11);
    expect(clients.flatMap(({ got }) => got.items.map(({ data }) => data))).not.toContain(11);
  });

  it('has no hole where the connection for subscriptions is lost', async () => {
    const [notes, redis] = [await new Notes().start(), plainRedis()];
    const client = notes.client();
    await notes.heard(1);
    for (const number of numbers(1, 300)) {
      await notes.notify(number);
      if (number % 100 === 50) await killSubscriber(redis, notes.consumer);
    }
    expect(await client.data(300)).toEqual(numbers(1, 300));
  });

  it('goes on where it was when Redis is back', async () => {
    const server = await OwnServer.start();
    const proxy = await TcpProxy.open(server.url);
    const notes = await new Notes().start({ connection: proxy.url });
    const { id } = await notes.notify(0);
    const client = notes.client(id);
    await notes.notify(1);
    await client.got.count(1);
    // It hears of the end only when the next one is there: nothing tells of that one.
    proxy.blackhole('all');
    await server.kill();
    await server.restart();
    const redis = plainRedis(server.url);
    await redis.xadd(notes.history, '*', '$data', '2');
    proxy.resume();
    expect(await client.data(2)).toEqual([1, 2]);
  });

  it('leaves out what was published by another way', async () => {
    const [notes, redis] = [await new Notes().start(), plainRedis()];
    const client = notes.client();
    await notes.heard(1);
    await redis.publish(notes.channel, '{"$id":"1-0"}');
    await redis.publish(notes.channel, '7');
    await notes.notify(1);
    expect(await client.data(1)).toEqual([1]);
  });

  it('tells that a history does not reach back', async () => {
    const notes = await new Notes().start();
    const lost = new Recorder<LostEvent>();
    notes.get(RedisFlowEvents).events$.subscribe((event) => event.type === 'lost' && lost.add(event));
    const { id } = await notes.notify(0);
    for (const number of numbers(1, 5)) await notes.notify(number, 3);
    expect(await notes.client(id).data(3)).toEqual([3, 4, 5]);
    const { history } = notes;
    expect(lost.items).toEqual([
      { type: 'lost', connection: 'default', key: history, count: undefined, while: 'undelivered' },
    ]);
  });

  it('leaves out what cannot be decoded, and goes on', async () => {
    const codec: Codec = {
      encode: (data) => Buffer.from(String(data)),
      decode: (bytes) => {
        const number = Number(bytes.toString());
        if (Number.isNaN(number)) throw new Error('not a number');
        return number;
      },
    };
    const notes = await new Notes().start({ codec });
    await notes.notify('broken');
    await notes.notify(1);
    const client = notes.client('0');
    await client.got.count(1);
    await notes.notify('broken');
    await notes.notify(2);
    expect(await client.data(2)).toEqual([1, 2]);
  });

  it('completes when the application is closed, also for who subscribes afterwards', async () => {
    const notes = await new Notes().start();
    const ends = new Recorder<string>();
    notes.notes$().subscribe({ complete: () => ends.add('before') });
    await notes.heard(1);
    await notes.close();
    notes.notes$().subscribe({ complete: () => ends.add('after') });
    expect(ends.items).toEqual(['before', 'after']);
  });

  it.each([
    [
      { after: 'yesterday' },
      'option "after" is "yesterday", but must be the id of a notification, such as "1700000000000-0".',
    ],
    [
      { after: '18446744073709551616-0' },
      'option "after" is "18446744073709551616-0", but must be the id of a notification, such as "1700000000000-0".',
    ],
    [
      { after: '1-18446744073709551616' },
      'option "after" is "1-18446744073709551616", but must be the id of a notification, such as "1700000000000-0".',
    ],
    [{ history: '' }, 'option "history" is "", but must be a non-empty string.'],
  ])('refuses %j', async (options, text) => {
    const notes = await new Notes().start();
    expect(() => notes.notes$(options)).toThrow(InvalidOptionError);
    expect(() => notes.notes$(options)).toThrow(`RedisFlows.notifications$: ${text}`);
  });
});
