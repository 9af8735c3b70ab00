import { DeadLetter, type RedisFlowContext } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { FAST, GROUP, StreamLab } from './lab.js';

class CardDeclinedError extends Error {
  readonly code = 'E_DECLINED';
}

/** What Redis' clock says, in ms. */
async function redisTime(lab: StreamLab): Promise<number> {
  const [seconds, micros] = await lab.redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}

/** XADD with more fields than a script can hand on. */
const putWide = (lab: StreamLab, fields: number) =>
  lab.redis.xadd(lab.stream, '*', ...numbers(fields).flatMap((n) => [`field-${n}`, `value-${n}`]));

describe('a dead letter', () => {
  it('has the bytes of its entry, its headers, and all facts of its end', async () => {
    const lab = StreamLab.open();
    const retry = { attempts: 2, backoff: FAST };
    const worker = await lab.worker({ retry }, () => Promise.reject(new CardDeclinedError('card 42')));
    const before = await redisTime(lab);
    const id = await lab.appendWith({ tenant: 'acme' }, { n: 1 });

    const [letter] = await lab.lettersWhen(1);

    const { 'dlq-last-at': lastAt, 'dlq-error-stack': stack, ...headers } = letter?.headers ?? {};
    expect(headers).toEqual({
      tenant: 'acme',
      'dlq-reason': 'exhausted',
      'dlq-id': id,
      'dlq-source': lab.stream,
      'dlq-group': GROUP,
      'dlq-consumer': worker.consumer,
      'dlq-attempts': '2',
      'dlq-first-at': id.split('-')[0],
      'dlq-error-class': 'CardDeclinedError',
      'dlq-error-message': 'card 42',
      'dlq-error-code': 'E_DECLINED',
    });
    expect(stack).toContain('dead-letters.spec.ts');
    expect(Number(lastAt)).toBeGreaterThanOrEqual(before);
    expect(Number(lastAt)).toBeLessThanOrEqual(await redisTime(lab));
    expect([...(letter?.fields.keys() ?? [])]).toEqual(['$data', '$headers']);
    await lab.settled();
  });

  it('keeps the fields of a foreign entry as they are, doubles and empty ones included', async () => {
    const lab = StreamLab.open();
    await lab.worker({}, () => DeadLetter.because('no'));
    const bytes = Buffer.from([0xff, 0x00, 0x0a]);
    await lab.redis.xadd(lab.stream, '*', 'to', 'zoë', 'to', 'zoe', 'empty', '', 'bytes', bytes);
    await lab.lettersWhen(1);

    const [[, fields] = []] = await lab.redis.xrangeBuffer(`${lab.stream}:dlq`, '-', '+');
    expect(fields?.slice(0, 8)).toEqual(
      ['to', 'zoë', 'to', 'zoe', 'empty', '', 'bytes', bytes].map((f) => Buffer.from(f)),
    );
    expect(fields?.slice(8).map(String)[0]).toBe('$headers');
    expect(fields).toHaveLength(10);
  });

  it.each([
    ['text that is no JSON', '{"tenant":', 'undecodable'],
    ['a list', '["a"]', 'undecodable'],
  ])('keeps headers beside its own that are %s', async (_, broken, reason) => {
    const lab = StreamLab.open();
    await lab.worker();
    await lab.redis.xadd(lab.stream, '*', '$data', '1', '$headers', broken);

    const [letter] = await lab.lettersWhen(1);

    expect(letter?.fields.get('$headers-unreadable')?.toString()).toBe(broken);
    expect(letter?.headers).toMatchObject({ 'dlq-reason': reason, 'dlq-attempts': '1' });
  });

  it('says what the handler gave as its reason, from every way to say it', async () => {
    const lab = StreamLab.open();
    const ways: Readonly<Record<string, (context: RedisFlowContext) => unknown>> = {
      returned: () => DeadLetter.because('returned'),
      thrown: () => Promise.reject(DeadLetter.because('thrown')),
      called: (context) => context.deadLetter('called'),
    };
    await lab.worker({}, (context) => ways[String(context.message.data)]?.(context));
    await lab.append(...Object.keys(ways));

    const letters = await lab.lettersWhen(3);
    expect(letters.map(({ headers }) => [headers['dlq-reason'], headers['dlq-detail']])).toEqual(
      Object.keys(ways).map((way) => ['rejected', way]),
    );
  });
});

describe('an entry with more fields than a script can take', () => {
  it.each([
    [3_000, 'after'],
    [8_000, 'after'],
    [8_000, 'before'],
    [20_000, 'once'],
  ] as const)('is dead-lettered like any other: %i fields, ack %s', async (fields, ack) => {
    const lab = StreamLab.open();
    const before = await redisTime(lab);
    const worker = await lab.worker({ ack }, () => DeadLetter.because('no'));
    const id = await putWide(lab, fields);

    const [letter] = await lab.lettersWhen(1);

    expect(letter?.fields.size).toBe(fields + 1);
    expect(String(letter?.fields.get(`field-${fields - 1}`))).toBe(`value-${fields - 1}`);
    expect(letter?.headers).toMatchObject({ 'dlq-id': id, 'dlq-reason': 'rejected' });
    expect(Number(letter?.headers['dlq-last-at'])).toBeGreaterThanOrEqual(before);
    expect(worker.eventsOf('deadLetterFailed')).toEqual([]);
    await lab.settled();
  });

  it('is not dead-lettered where another consumer has taken it over', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const worker = await lab.worker({}, async ({ message }) => {
      await lab.redis.xclaim(lab.stream, GROUP, 'another', 0, message.id);
      await gate.pass();
      throw DeadLetter.because('no');
    });
    await putWide(lab, 8_000);
    await worker.started.count(1);
    gate.open();

    await worker.event('leaseLost');

    expect(await lab.letters()).toEqual([]);
    expect(await lab.pending()).toMatchObject([{ consumer: 'another' }]);
  });

  it('frees its idempotency key, and stays pending while it cannot be written', async () => {
    const lab = StreamLab.open();
    const worker = await lab.worker({ ack: 'once' }, () => DeadLetter.because('no'));
    await lab.redis.set(`${lab.stream}:dlq`, 'no stream');
    const id = await putWide(lab, 8_000);
    await worker.event('deadLetterFailed');
    expect(await lab.pending()).toMatchObject([{ id }]);

    await lab.redis.del(`${lab.stream}:dlq`);
    await lab.lettersWhen(1);

    await lab.settled();
    await eventually(async () => expect(await lab.redis.exists(`${lab.stream}:once:${GROUP}:${id}`)).toBe(0));
  });
});
