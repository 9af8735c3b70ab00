import { describe, expect, it } from 'vitest';
import { Holdings } from '../../../lib/mechanisms/stream/holdings.js';
import type { StreamDelivery } from '../../../lib/mechanisms/stream/stream-delivery.js';

function delivery(id: string) {
  const lost: Error[] = [];
  return { lost, held: { id, lose: (reason: Error) => lost.push(reason) } as unknown as StreamDelivery };
}

describe('what a consumer holds', () => {
  it('is known by its id until it is removed', () => {
    const holdings = new Holdings();
    const { held } = delivery('1-0');
    holdings.add(held);
    expect([holdings.has('1-0'), holdings.size, holdings.all]).toEqual([true, 1, [held]]);

    holdings.remove(held);
    expect([holdings.has('1-0'), holdings.size, holdings.all]).toEqual([false, 0, []]);
  });

  it('stays when an earlier delivery of the same entry is removed late', () => {
    const holdings = new Holdings();
    const [parked, claimed] = [delivery('1-0').held, delivery('1-0').held];
    holdings.add(parked);
    holdings.add(claimed);

    holdings.remove(parked);

    expect(holdings.all).toEqual([claimed]);
    holdings.remove(claimed);
    expect(holdings.size).toBe(0);
  });

  it('is told when it is lost, and is not held any more', () => {
    const holdings = new Holdings();
    const { held, lost } = delivery('1-0');
    const reason = new Error('taken over');
    holdings.add(held);

    expect(holdings.lose('1-0', reason)).toBe(held);
    expect(lost).toEqual([reason]);
    expect(holdings.has('1-0')).toBe(false);
    expect(holdings.lose('1-0', reason)).toBeUndefined();
  });
});
