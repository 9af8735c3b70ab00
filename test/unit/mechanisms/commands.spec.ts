import { describe, expect, it } from 'vitest';
import { publishCommand } from '../../../lib/mechanisms/channel/channel.commands.js';
import { enqueueCommand, enqueueManyCommand } from '../../../lib/mechanisms/queue/queue.commands.js';
import { appendCommand } from '../../../lib/mechanisms/stream/stream.commands.js';
import { Keys, jsonCodec } from '../../../lib/message/index.js';

const keys = new Keys('app:', false);
const headers = { tenant: 'acme' };

describe('the command of an append', () => {
  it.each([
    ['nothing else', {}, ['*', '$data', '{"n":1}']],
    ['an id', { id: '5-*' }, ['5-*', '$data', '{"n":1}']],
    ['headers', { headers }, ['*', '$data', '{"n":1}', '$headers', '{"tenant":"acme"}']],
    ['a length', { maxLength: 5, id: '1-1' }, ['MAXLEN', 5, '1-1', '$data', '{"n":1}']],
    ['flat fields', { format: 'fields' as const }, ['*', 'n', '1']],
  ])('has %s', (_, options, args) => {
    expect(appendCommand(keys, jsonCodec, 'orders', { n: 1 }, options)).toEqual(['XADD', 'app:orders', ...args]);
  });

  it('needs no options', () => {
    expect(appendCommand(keys, jsonCodec, 'orders', 1)).toEqual(['XADD', 'app:orders', '*', '$data', '1']);
  });
});

describe('the command of a publication', () => {
  it.each([
    ['the payload', undefined, '5'],
    ['an envelope', { headers }, '{"$data":5,"$headers":{"tenant":"acme"}}'],
  ])('has %s', (_, options, message) => {
    expect(publishCommand(keys, jsonCodec, 'news', 5, options)).toEqual(['PUBLISH', 'app:news', message]);
  });
});

describe('the command of a job', () => {
  it.each([
    ['LPUSH', undefined],
    ['RPUSH', { front: true }],
  ])('is %s, and comes with the id of the job', (name, options) => {
    const { id, command } = enqueueCommand(keys, jsonCodec, 'jobs', 5, options);
    const item = expect.stringMatching(new RegExp(String.raw`^\$rf1 ${id} 0 \d+ 0\n5$`));
    expect(command).toEqual([name, 'app:jobs', item]);
  });

  it('is one LPUSH for many, in order', () => {
    const { ids, command } = enqueueManyCommand(keys, jsonCodec, 'jobs', [{ data: 1 }, { data: 2, headers }]);
    expect(command.slice(0, 2)).toEqual(['LPUSH', 'app:jobs']);
    expect(command.slice(2).map((item) => String(item).split(' ')[1])).toEqual(ids);
    expect(command.slice(2).map((item) => String(item).split('\n')[1])).toEqual(['1', '{"tenant":"acme"}2']);
  });
});
