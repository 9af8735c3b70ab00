import { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import type { Request } from '../../../lib/connection/index.js';
import type { AckForm } from '../../../lib/mechanisms/stream/ack-forms.js';
import { Acks } from '../../../lib/mechanisms/stream/acks.js';
import { DoubtfulAcks } from '../../../lib/mechanisms/stream/doubtful-acks.js';
import type { StreamDelivery } from '../../../lib/mechanisms/stream/stream-delivery.js';
import type { StreamGroup } from '../../../lib/mechanisms/stream/stream.group.js';
import { LeaseClock } from '../../../lib/mechanisms/held/lease-clock.js';
import type { StreamLeases } from '../../../lib/mechanisms/stream/stream.leases.js';

const delivery = (id: string): StreamDelivery => ({ id }) as unknown as StreamDelivery;

const idsOf = (deliveries: readonly StreamDelivery[]): string[] => deliveries.map(({ id }) => id);

interface Answers {
  /** What a command for entries that are certainly ours comes to. */
  readonly send?: () => Promise<unknown>;
  /** The ids that are another's. */
  readonly ask?: (ids: readonly string[]) => Promise<readonly string[]>;
  readonly isCertain?: boolean;
  readonly isQuick?: boolean;
}

/** What would be sent to Redis is answered by the test. */
function acksWith(answers: Answers) {
  const {
    send = () => Promise.resolve(1),
    ask = () => Promise.resolve([]),
    isCertain = true,
    isQuick = true,
  } = answers;
  const sent: string[][] = [];
  const asked: string[][] = [];
  const lost: string[] = [];
  const form: AckForm = {
    isQuick,
    command: (deliveries) => ['XACK', ...idsOf(deliveries)],
    ask: (deliveries) => {
      asked.push(idsOf(deliveries));
      return ask(idsOf(deliveries));
    },
  };
  const group = {
    key: 'orders',
    send: ([, ...ids]: string[]) => {
      sent.push(ids);
      return send();
    },
  } as unknown as StreamGroup;
  const doubts: number[] = [];
  const doubtful = new DoubtfulAcks('orders', form, {
    isAbandoned: () => false,
    logger: new Logger(),
    news: { acksRefused: () => undefined, acksWork: () => undefined },
    onLost: ({ id }) => lost.push(id),
    onChange: (count) => doubts.push(count),
  });
  const leases = { clock: new LeaseClock(), isCertain: () => isCertain } as unknown as StreamLeases;
  const acks = new Acks(group, form, leases, doubtful);
  return { acks, sent, asked, lost, doubts };
}

const done = (request: Request | undefined, error?: Error): void =>
  request?.done(error, error === undefined ? 1 : undefined);

describe('acknowledgements', () => {
  it('go together when they come in one tick', async () => {
    const { acks, sent } = acksWith({});
    acks.add(delivery('1'));
    acks.add(delivery('2'));
    expect(acks.has('2')).toBe(true);

    await acks.whenFlushed(1_000);

    expect(sent).toEqual([['1', '2']]);
    expect(acks.has('2')).toBe(false);
  });

  it('ride with the next read, and are on their way until Redis has answered', () => {
    const { acks, sent } = acksWith({});
    acks.expectRead(true);
    acks.add(delivery('1'));
    const [request] = acks.takeForRead();

    expect(request?.args).toEqual(['XACK', '1']);
    expect(acks.has('1')).toBe(true);
    done(request);
    expect(acks.has('1')).toBe(false);
    expect(sent).toEqual([]);
  });

  it('that take their time go out beside the next read', async () => {
    const { acks, sent } = acksWith({ isQuick: false });
    acks.expectRead(true);
    acks.add(delivery('1'));

    expect(acks.takeForRead()).toEqual([]);
    expect(sent).toEqual([['1']]);
    await acks.whenFlushed(1_000);
    expect(acks.has('1')).toBe(false);
  });

  it('are no more than 500 in one command', () => {
    const { acks } = acksWith({});
    acks.expectRead(true);
    for (let id = 0; id < 1_200; id += 1) acks.add(delivery(String(id)));
    expect(acks.takeForRead().map(({ args }) => args.length - 1)).toEqual([500, 500, 200]);
  });

  it('that may not be ours any more are asked about, and those that are not are told', async () => {
    const { acks, sent, asked, lost, doubts } = acksWith({ isCertain: false, ask: () => Promise.resolve(['2']) });
    acks.add(delivery('1'));
    acks.add(delivery('2'));
    await acks.whenFlushed(1_000);

    expect(sent).toEqual([]);
    expect(asked).toEqual([['1', '2']]);
    expect(lost).toEqual(['2']);
    expect(doubts).toEqual([2, 0]);
  });

  it('whose answer was lost are asked about, and are nobody else’s news then', async () => {
    const { acks, asked, lost } = acksWith({
      send: () => Promise.reject(new Error('the connection was lost')),
      ask: (ids) => Promise.resolve(ids),
    });
    acks.add(delivery('1'));
    await acks.whenFlushed(1_000);

    expect(asked).toEqual([['1']]);
    expect(lost).toEqual([]);
  });

  it('that come while Redis refuses go with the next try', async () => {
    let refusals = 1;
    const { acks, asked } = acksWith({
      isCertain: false,
      ask: () => {
        refusals -= 1;
        return refusals < 0 ? Promise.resolve([]) : Promise.reject(new Error('READONLY'));
      },
    });
    acks.add(delivery('1'));
    const flushed = acks.whenFlushed(5_000);
    acks.add(delivery('2'));
    await acks.whenFlushed(5_000);
    await flushed;

    expect(asked.flat()).toEqual(expect.arrayContaining(['1', '2']));
    expect(asked.at(-1)).toContain('2');
    expect(acks.has('1') || acks.has('2')).toBe(false);
  });

  it('keep nobody waiting for longer than asked', async () => {
    const { acks } = acksWith({ send: () => new Promise(() => undefined) });
    acks.add(delivery('1'));
    await acks.whenFlushed(5);
    expect(acks.has('1')).toBe(true);
  });
});
