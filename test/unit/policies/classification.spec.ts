import { BadRequestException, HttpException, InternalServerErrorException } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import {
  IdempotencyKeyNotAvailableError,
  TransactionNotAvailableError,
  UndecodableMessageError,
} from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { causeChain, isFatal } from '../../../lib/policies/index.js';

class Closed extends Error {}

describe('an error is fatal by default', () => {
  it.each([
    ['validation', new BadRequestException('x')],
    ['another 4xx', new HttpException('x', 404)],
    ['the last 4xx', new HttpException('x', 499)],
    ["a guard's no", new RpcException('Forbidden resource')],
    ['an undecodable payload', new UndecodableMessageError('message 1')],
    ['a TypeError', new TypeError('x is not a function')],
    ['a ReferenceError', new ReferenceError('x')],
    ['a SyntaxError', new SyntaxError('x')],
    ['a RangeError', new RangeError('x')],
    ['a transaction that is not there', new TransactionNotAvailableError('a queue', 'a stream')],
    ['an idempotency key that is not there', new IdempotencyKeyNotAvailableError()],
  ])('when it is %s', (_, error) => {
    expect(isFatal(error, [], [])).toBe(true);
  });
});

describe('an error is retried by default', () => {
  it.each([
    ['an Error', new Error('x')],
    ['a 5xx', new InternalServerErrorException()],
    ['a redirect', new HttpException('x', 302)],
    ["fetch's TypeError, which has a cause", new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })],
    ['another RpcException', new RpcException('busy')],
    ['a text', 'busy'],
    ['nothing', undefined],
    ['null', null],
    ['an error whose cause would be fatal', new Error('x', { cause: new TypeError('y') })],
  ])('when it is %s', (_, error) => {
    expect(isFatal(error, [], [])).toBe(false);
  });
});

describe("the user's classes", () => {
  it('make an error fatal, also deep in its causes', () => {
    const wrapped = new Error('a', { cause: new Error('b', { cause: new Closed('c') }) });
    expect(isFatal(new Closed(), [Closed], [])).toBe(true);
    expect(isFatal(wrapped, [Closed], [])).toBe(true);
    expect(isFatal(wrapped, [TypeError], [])).toBe(false);
  });

  it('make an error worth a retry that is fatal by default', () => {
    expect(isFatal(new TypeError('x'), [], [TypeError])).toBe(false);
    expect(isFatal(new BadRequestException('x'), [], [HttpException])).toBe(false);
    expect(isFatal(new BadRequestException('x', { cause: new Closed() }), [], [Closed])).toBe(false);
  });

  it('are asked in this order: fatal, retryable, defaults', () => {
    expect(isFatal(new Closed(), [Closed], [Closed])).toBe(true);
    expect(isFatal(new Closed(), [Closed], [Error])).toBe(true);
  });
});

describe('the chain of causes', () => {
  it('is given from the outside in', () => {
    const inner = new Error('inner');
    const outer = new Error('outer', { cause: inner });
    expect([...causeChain(outer)]).toEqual([outer, inner]);
    expect([...causeChain('text')]).toEqual(['text']);
    expect([...causeChain(undefined)]).toEqual([]);
  });

  it('ends where it goes round', () => {
    const error = new Error('x');
    error.cause = error;
    expect([...causeChain(error)]).toHaveLength(8);
    expect(isFatal(error, [Closed], [])).toBe(false);
  });
});
