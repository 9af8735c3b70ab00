import { Logger } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { Finishes } from '../../../lib/mechanisms/stream/finishes.js';
import type { StreamDelivery } from '../../../lib/mechanisms/stream/stream-delivery.js';
import { LeaseClock } from '../../../lib/mechanisms/held/lease-clock.js';
import type { StreamGroup } from '../../../lib/mechanisms/stream/stream.group.js';
import type { StreamLeases } from '../../../lib/mechanisms/stream/stream.leases.js';

const delivery = (id: string): StreamDelivery =>
  ({ id, once: { key: id, mark: `mark:${id}`, hash: 'hash' } }) as unknown as StreamDelivery;

/** What would be sent to Redis is answered by the test. */
function finishesWith(answer: (ids: readonly string[]) => Promise<Buffer[]>) {
  const sent: string[][] = [];
  const lost: string[] = [];
  const run = (_: unknown, __: unknown, [, , ...words]: readonly string[]): Promise<Buffer[]> => {
    const ids = words.filter((_word, index) => index % 3 === 0);
    sent.push(ids);
    return answer(ids);
  };
  const group = { key: 'orders', keys: { progress: 'progress' }, run } as unknown as StreamGroup;
  const leases = { clock: new LeaseClock(), isCertain: () => true } as unknown as StreamLeases;
  const finishes = new Finishes(
    group,
    { window: 1_000, leases },
    () => false,
    new Logger(),
    ({ id }) => lost.push(id),
  );
  return { finishes, sent, lost };
}

describe('what is finished', () => {
  it('goes together when it comes in one tick, and what comes meanwhile goes next', async () => {
    const { finishes, sent } = finishesWith((ids) => {
      if (ids.includes('1')) finishes.add(delivery('3'));
      return Promise.resolve([]);
    });
    finishes.add(delivery('1'));
    finishes.add(delivery('2'));
    expect(finishes.has('2')).toBe(true);

    await finishes.whenFlushed(1_000);

    expect(sent).toEqual([['1', '2'], ['3']]);
    expect(finishes.has('2')).toBe(false);
  });

  it.each(Array.from({ length: 12 }, (_, turns) => turns))(
    'is sent, too, when it comes %i turns after the answer to the one before',
    async (turns) => {
      const { finishes, sent } = finishesWith(async () => {
        void (async () => {
          for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
          if (sent.length === 1) finishes.add(delivery('late'));
        })();
        return Promise.resolve([]);
      });
      finishes.add(delivery('first'));

      await vi.waitFor(() => expect(sent).toEqual([['first'], ['late']]), { timeout: 500, interval: 5 });
    },
  );

  it('is told as lost where it belongs to another consumer', async () => {
    const { finishes, lost } = finishesWith(() => Promise.resolve([Buffer.from('2')]));
    finishes.add(delivery('1'));
    finishes.add(delivery('2'));
    await finishes.whenFlushed(1_000);
    expect(lost).toEqual(['2']);
  });

  it('keeps nobody waiting for longer than asked', async () => {
    const { finishes } = finishesWith(() => new Promise(() => undefined));
    finishes.add(delivery('1'));
    await finishes.whenFlushed(5);
    expect(finishes.has('1')).toBe(true);
  });
});
