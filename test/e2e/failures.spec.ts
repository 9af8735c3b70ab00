import {
  BadRequestException,
  Controller,
  ImATeapotException,
  InternalServerErrorException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { OnStream, type StreamOptions } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { hybridApp } from '../support/app.js';
import { ORIGINS, type Origin, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';

class CardRefused extends Error {}
class StolenCard extends CardRefused {}

const circular: Record<string, unknown> = { amount: 10n };
circular['self'] = circular;

const networkFailure = new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
const wrapped = new Error('charging failed', { cause: new Error('bank', { cause: new StolenCard('stolen') }) });

/** What becomes of a message whose handler always rejects with this. */
async function givenUp(origin: Origin, error: unknown, retry: StreamOptions['retry'] = {}) {
  const probe = new StreamProbe();
  @Controller()
  class Orders {
    @OnStream(probe.stream, { retry: retry && { attempts: 2, backoff: { type: 'fixed', delay: 0 }, ...retry } })
    handle(): Promise<never> {
      // eslint-disable-next-line prefer-promise-reject-errors
      return Promise.reject(error);
    }
  }
  await hybridApp(placed(origin, Orders));
  await probe.append({ no: 1 });
  const { reason, errorClass, errorMessage, attempts, data } = await probe.onlyDeadLetter();
  return { reason, errorClass, errorMessage, attempts, data };
}

const EXHAUSTED = { reason: 'exhausted', attempts: 2, data: { no: 1 } };
const FATAL = { reason: 'fatal', attempts: 1, data: { no: 1 } };

describe.each(ORIGINS)('failures of a %s', (origin) => {
  it.each([
    ['a string', 'no funds', { errorClass: 'string', errorMessage: 'no funds' }],
    ['an empty string', '', { errorClass: 'string', errorMessage: '' }],
    ['a number', 42, { errorClass: 'number', errorMessage: '42' }],
    ['null', null, { errorClass: 'object', errorMessage: 'null' }],
    ['undefined', undefined, { errorClass: undefined, errorMessage: undefined }],
    ['an object', { why: 'no funds' }, { errorClass: 'object', errorMessage: "{ why: 'no funds' }" }],
    ['a bigint', 10n, { errorClass: 'bigint', errorMessage: '10n' }],
    ['a symbol', Symbol('no'), { errorClass: 'symbol', errorMessage: 'Symbol(no)' }],
  ])('a handler that rejects with %s is retried, and the dead letter shows what it was', async (_, error, shown) => {
    expect(await givenUp(origin, error)).toEqual({ ...EXHAUSTED, ...shown });
  });

  it('an object that has no JSON form is kept as text, and harms only its own message', async () => {
    const letter = await givenUp(origin, circular);
    expect(letter).toMatchObject({ ...EXHAUSTED, errorClass: 'object' });
    expect(letter.errorMessage).toContain('amount: 10n');
  });

  it.each([
    ['Error', new Error('e')],
    ['RpcException', new RpcException('e')],
    ['RpcException with an object', new RpcException({ message: 'e', code: 7 })],
    ['HttpException 500', new InternalServerErrorException('e')],
    ['HttpException 503', new ServiceUnavailableException('e')],
    ['TypeError with a cause, as fetch throws it', networkFailure],
  ])('%s is retried and then given up as exhausted', async (_, error) => {
    const { name, message } = error;
    const errorClass = error.constructor.name;
    expect(name).not.toBe('');
    expect(await givenUp(origin, error)).toEqual({ ...EXHAUSTED, errorClass, errorMessage: message });
  });

  it.each([
    ['HttpException 400', new BadRequestException('e')],
    ['HttpException 418', new ImATeapotException('e')],
    ['TypeError', new TypeError('e')],
    ['ReferenceError', new ReferenceError('e')],
  ])('%s is fatal: given up at once', async (_, error) => {
    const { message: errorMessage, constructor } = error;
    expect(await givenUp(origin, error)).toEqual({ ...FATAL, errorClass: constructor.name, errorMessage });
  });

  it('with retry: false a failure is given up at once', async () => {
    expect(await givenUp(origin, new Error('e'), false)).toMatchObject({ reason: 'exhausted', attempts: 1 });
  });

  it.each([
    ['the class itself', new CardRefused('e')],
    ['a subclass', new StolenCard('e')],
    ['a cause of a cause', wrapped],
  ])('retry.fatal makes an error fatal: %s', async (_, error) => {
    const expected = { ...FATAL, errorClass: error.constructor.name, errorMessage: error.message };
    expect(await givenUp(origin, error, { fatal: [CardRefused] })).toEqual(expected);
  });

  it.each([
    ['the class itself', new BadRequestException('e')],
    ['a cause', new TypeError('e', { cause: new BadRequestException('e') })],
  ])('retry.retryable has an error retried that is fatal by default: %s', async (_, error) => {
    expect(await givenUp(origin, error, { retryable: [BadRequestException] })).toMatchObject(EXHAUSTED);
  });

  it('retry.fatal wins over retry.retryable', async () => {
    const both = { fatal: [StolenCard], retryable: [CardRefused] };
    expect(await givenUp(origin, new StolenCard('e'), both)).toMatchObject(FATAL);
    expect(await givenUp(origin, new CardRefused('e'), both)).toMatchObject(EXHAUSTED);
  });
});
