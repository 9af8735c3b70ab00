import { type RedisPublisher, UnencodableMessageError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';
import { publisherOf } from './publisher.js';

const circular: Record<string, unknown> = {};
circular['self'] = circular;
const DATA: [name: string, data: unknown][] = [
  ['undefined', undefined],
  ['circular', circular],
  ['a bigint', 1n],
  ['a function', () => 1],
];

type Send = (
  publisher: RedisPublisher,
  key: string,
  data: unknown,
  headers?: Record<string, string>,
) => Promise<unknown>;

/** The good message that stands before the bad one must not be sent either. */
const SENDS: [method: string, send: Send][] = [
  ['publish', (publisher, key, data, headers = {}) => publisher.publish(key, data, { headers })],
  ['append', (publisher, key, data, headers = {}) => publisher.append(key, data, { headers })],
  ['append with dedupe', (publisher, key, data, headers = {}) => publisher.append(key, data, { headers, dedupe: 'x' })],
  ['append of fields', (publisher, key, data) => publisher.append(key, { a: data }, { format: 'fields' })],
  ['enqueue', (publisher, key, data, headers = {}) => publisher.enqueue(key, data, { headers })],
  ['publishMany', (publisher, key, data, headers = {}) => publisher.publishMany(key, [{ data: 1 }, { data, headers }])],
  ['appendMany', (publisher, key, data, headers = {}) => publisher.appendMany(key, [{ data: 1 }, { data, headers }])],
  ['enqueueMany', (publisher, key, data, headers = {}) => publisher.enqueueMany(key, [{ data: 1 }, { data, headers }])],
];

describe.each(SENDS)('%s', (method, send) => {
  it('rejects what cannot be encoded with UnencodableMessageError, and sends nothing', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('x')];
    const heard = new Recorder<string>();
    const subscriber = plainRedis();
    subscriber.on('message', (_, message) => heard.add(message));
    await subscriber.subscribe(key);
    // An undefined field is left out, as JSON leaves it out.
    const cases = DATA.filter(([name]) => method !== 'append of fields' || name !== 'undefined');
    for (const [, data] of cases) await expect(send(publisher, key, data)).rejects.toThrow(UnencodableMessageError);
    expect(await redis.exists(key)).toBe(0);
    await redis.publish(key, 'end');
    expect(await heard.count(1)).toEqual(['end']);
  });
});

describe.each(SENDS.filter(([method]) => method !== 'append of fields'))('%s', (_, send) => {
  it('rejects headers that cannot be encoded in the same way', async () => {
    const [publisher, redis, key] = [await publisherOf(), plainRedis(), unique('x')];
    const headers = { bad: 1n } as unknown as Record<string, string>;
    await expect(send(publisher, key, 1, headers)).rejects.toThrow(UnencodableMessageError);
    expect(await redis.exists(key)).toBe(0);
  });
});
