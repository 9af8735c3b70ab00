import { describe, expect, it } from 'vitest';
import { NO_HEADERS, type Reply, flowWire, nestWire, readWithin } from '../../../lib/message/index.js';

const request = { id: 'r1', replyTo: 'reply:me', within: 500 };
const decoded = (data: unknown, headers = NO_HEADERS) => ({ data, headers });

const REPLIES: Reply[] = [
  { type: 'value', data: 1 },
  { type: 'last', data: { a: 1 } },
  { type: 'end' },
  { type: 'error', data: { status: 'error', message: 'no' } },
];

describe("the library's wire form", () => {
  it('leaves an event as it is', () => {
    expect(flowWire.message('sum', { data: 1, headers: undefined })).toEqual({ data: 1, headers: undefined });
    const headers = { tenant: 'acme' };
    expect(flowWire.readMessage(decoded(1, headers), 'sum')).toEqual({ data: 1, headers, request: undefined });
  });

  it('carries a request in headers, which its handler does not see', () => {
    const { data, headers = {} } = flowWire.message('sum', { data: 1, headers: { tenant: 'acme' } }, request);
    expect(headers).toEqual({
      tenant: 'acme',
      'reply-to': 'reply:me',
      'reply-id': 'r1',
      'reply-within': '500',
    });
    expect(flowWire.readMessage({ data, headers }, 'sum')).toEqual({ data: 1, headers: { tenant: 'acme' }, request });
  });

  it('takes for a request only what says where the answer goes and what it is called', () => {
    const headers = { 'reply-to': 'x' };
    expect(flowWire.readMessage(decoded(1, headers), 'sum')).toEqual({ data: 1, headers, request: undefined });
  });

  it.each(REPLIES)('carries a reply of type $type', (reply) => {
    const { data, headers = {} } = flowWire.reply('r1', reply);
    const received = flowWire.readReply({ data, headers });
    expect(received).toEqual({ id: 'r1', reply: { type: reply.type, data: reply.data ?? null } });
  });

  it('ignores what is no reply', () => {
    expect(flowWire.readReply(decoded('x'))).toBeUndefined();
    expect(flowWire.readReply(decoded('x', { 'reply-id': 'r1', reply: 'maybe' }))).toBeUndefined();
  });

  it.each([
    ['1', 1],
    ['30000', 30_000],
    ['99999999999', 2 ** 31 - 1],
    ['0', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads the time %j as %j ms', (text, within) => {
    expect(readWithin(text)).toBe(within);
  });
});

describe("Nest's wire form", () => {
  it('carries an event in a packet', () => {
    const outgoing = nestWire.message({ cmd: 'sum' }, { data: 1, headers: { trace: 't' } });
    expect(outgoing).toEqual({ data: { pattern: { cmd: 'sum' }, data: 1, metadata: { trace: 't' } } });
    const incoming = { data: 1, headers: { trace: 't' }, request: undefined };
    expect(nestWire.readMessage(decoded(outgoing.data), 'sum')).toEqual(incoming);
  });

  it('carries a request in a packet with an id, to be answered beside its channel', () => {
    const outgoing = nestWire.message('sum', { data: 1 }, request);
    expect(outgoing).toEqual({ data: { pattern: 'sum', data: 1, id: 'r1' } });
    expect(nestWire.readMessage(decoded(outgoing.data), 'sum').request).toEqual({
      id: 'r1',
      replyTo: 'sum.reply',
      within: undefined,
    });
  });

  it.each([['text'], [{ some: 'object' }], [null], [[1, 2]]])('takes %j for the data of an event', (data) => {
    expect(nestWire.readMessage(decoded(data), 'sum')).toEqual({ data, headers: {}, request: undefined });
  });

  it.each(REPLIES)('carries a reply of type $type', (reply) => {
    const received = nestWire.readReply(decoded(nestWire.reply('r1', reply).data));
    expect(received).toEqual({ id: 'r1', reply });
  });

  it('writes replies as Nest does', () => {
    expect(REPLIES.map((reply) => nestWire.reply('r1', reply).data)).toEqual([
      { id: 'r1', response: 1 },
      { id: 'r1', response: { a: 1 }, isDisposed: true },
      { id: 'r1', isDisposed: true },
      { id: 'r1', err: { status: 'error', message: 'no' }, isDisposed: true },
    ]);
  });

  it('ignores what is no reply', () => {
    expect(nestWire.readReply(decoded('text'))).toBeUndefined();
    expect(nestWire.readReply(decoded({ response: 1 }))).toBeUndefined();
  });
});
