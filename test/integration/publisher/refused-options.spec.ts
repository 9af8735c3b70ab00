import { InvalidOptionError, type RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { plainRedis, unique } from '../../support/redis.js';
import { publisherOf } from './publisher.js';

/** As plain JavaScript sees the publisher. */
type Untyped = Record<keyof RedisPublisher, (target: string, data: unknown, options?: unknown) => Promise<unknown>>;
type Case = [method: keyof RedisPublisher, options: unknown, text: string];

const WRONG: Case[] = [
  ['publish', { header: {} }, 'option "header" is {}, but must be left out: the known options are headers, sharded.'],
  ['publish', { sharded: 1 }, 'option "sharded" is 1, but must be true or false.'],
  ['publish', { headers: ['a'] }, 'option "headers" is ["a"], but must be an object of strings.'],
  ['append', { maxLength: 0 }, 'option "maxLength" is 0, but must be a whole number of at least 1.'],
  ['append', { maxLength: '5' }, 'option "maxLength" is "5", but must be a whole number of at least 1.'],
  ['append', { maxAge: 0 }, 'option "maxAge" is 0, but must be a whole number of at least 1 ms.'],
  ['append', { maxAge: '1d' }, 'option "maxAge" is "1d", but must be a whole number of at least 1 ms.'],
  ['append', { dedupe: '' }, 'option "dedupe" is "", but must be a non-empty string.'],
  ['append', { dedupe: true }, 'option "dedupe" is true, but must be a non-empty string or { key, window? }.'],
  ['append', { dedupe: {} }, 'option "dedupe.key" is undefined, but must be a non-empty string.'],
  ['append', { dedupe: { key: 7 } }, 'option "dedupe.key" is 7, but must be a non-empty string.'],
  [
    'append',
    { dedupe: { key: 'x', window: 0.5 } },
    'option "dedupe.window" is 0.5, but must be a whole number of at least 1 ms.',
  ],
  [
    'append',
    { dedupe: { key: 'x', ttl: 5 } },
    'option "dedupe.ttl" is 5, but must be left out: the known options are key, window.',
  ],
  ['append', { id: 5 }, 'option "id" is 5, but must be a non-empty string.'],
  ['append', { format: 'json' }, 'option "format" is "json", but must be "envelope" or "fields".'],
  ['enqueue', { front: 'yes' }, 'option "front" is "yes", but must be true or false.'],
  ['enqueue', { delay: -1 }, 'option "delay" is -1, but must be a whole number of at least 0 ms.'],
  ['enqueue', { delay: '1m' }, 'option "delay" is "1m", but must be a whole number of at least 0 ms.'],
  ['enqueue', { maxLength: 0 }, 'option "maxLength" is 0, but must be a whole number of at least 1.'],
  [
    'enqueue',
    { delay: 5, front: true },
    'option "front" is true, but must be false or left out with "delay": a delayed job is next when it is due.',
  ],
  [
    'enqueue',
    { delay: 5, maxLength: 5 },
    'option "maxLength" is 5, but must be left out with "delay": a delayed job does not wait in the list.',
  ],
  ['enqueue', null, 'option "options" is null, but must be an object with headers, front, delay, maxLength.'],
];

describe('an option of the publisher', () => {
  it.each(WRONG)('that is wrong is refused: %s %j', async (method, options, text) => {
    const [publisher, key] = [(await publisherOf()) as Untyped, unique('x')];
    const sending = publisher[method](key, 1, options);
    await expect(sending).rejects.toBeInstanceOf(InvalidOptionError);
    await expect(sending).rejects.toMatchObject({ message: `RedisPublisher.${method}: ${text}` });
    expect(await plainRedis().exists(key)).toBe(0);
  });

  it('may be undefined', async () => {
    const [publisher, key] = [(await publisherOf()) as Untyped, unique('x')];
    await publisher.append(key, 1, { headers: undefined, id: undefined, maxLength: undefined, format: undefined });
    await publisher.append(key, 1, { maxAge: undefined, dedupe: undefined });
    await publisher.append(key, 1, { dedupe: { key: 'x', window: undefined } });
    expect(await plainRedis().xlen(key)).toBe(3);
    const queue = unique('jobs');
    await publisher.enqueue(queue, 1, { delay: undefined, front: undefined, maxLength: undefined });
    await publisher.enqueue(queue, 1, { delay: 0, front: false });
    expect(await plainRedis().llen(queue)).toBe(2);
  });
});

describe('one of many messages', () => {
  it.each<[keyof RedisPublisher, unknown, string]>([
    [
      'enqueueMany',
      [{ data: 1 }, { data: 1, delay: 0.5 }],
      'option "delay" is 0.5, but must be a whole number of at least 0 ms.',
    ],
    [
      'enqueueMany',
      [{ data: 1, front: true }],
      'option "front" is true, but must be left out: the known options are data, headers, delay.',
    ],
    [
      'appendMany',
      [{ data: 1 }, { dta: 2 }],
      'option "dta" is 2, but must be left out: the known options are data, headers, id.',
    ],
    ['publishMany', [5], 'option "options" is 5, but must be an object with data, headers.'],
    ['appendMany', undefined, 'option "messages" is undefined, but must be an array of { data, headers? }.'],
    ['publishMany', { data: 1 }, 'option "messages" is {"data":1}, but must be an array of { data, headers? }.'],
  ])('is refused with all the others: %s %j', async (method, messages, text) => {
    const [publisher, key] = [(await publisherOf()) as Untyped, unique('x')];
    await expect(publisher[method](key, messages)).rejects.toMatchObject({
      message: `RedisPublisher.${method}: ${text}`,
    });
    expect(await plainRedis().exists(key)).toBe(0);
  });
});

describe('the target of the publisher', () => {
  it.each<[keyof RedisPublisher, unknown, string]>([
    ['publish', '', 'option "channel" is "", but must be a non-empty string.'],
    ['append', undefined, 'option "stream" is undefined, but must be a non-empty string.'],
    ['enqueueMany', 7, 'option "queue" is 7, but must be a non-empty string.'],
  ])('that is no name is refused: %s %j', async (method, target, text) => {
    const publisher = (await publisherOf()) as Untyped;
    await expect(publisher[method](target as string, [])).rejects.toMatchObject({
      message: `RedisPublisher.${method}: ${text}`,
    });
  });
});
