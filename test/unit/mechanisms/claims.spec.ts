import { describe, expect, it, vi } from 'vitest';
import type { LeaseClock } from '../../../lib/mechanisms/held/lease-clock.js';
import { type ClaimHost, Claims } from '../../../lib/mechanisms/stream/claims.js';
import type { StreamGroup } from '../../../lib/mechanisms/stream/stream.group.js';
import { Turns } from '../../../lib/mechanisms/turns.js';

/** Claims of a group in which one suspect after the other is left, by a clock that tests set. */
function claimsAt() {
  const clock = { time: 0, now: () => clock.time };
  const run = vi.fn<StreamGroup['run']>();
  const group = { run, keys: { parked: 'parked', started: 'started' } } as unknown as StreamGroup;
  const host: ClaimHost = { free: () => 1, take: () => Promise.resolve(), lost: () => undefined, holds: () => false };
  const claims = new Claims(group, host, { lease: 30_000, clock: clock as unknown as LeaseClock }, new Turns());
  /** Claims at a time, and has the reply at a later one. @returns whether a suspect was asked for, and when to look again. */
  const claim = async (at: number, answeredAt = at) => {
    clock.time = at;
    run.mockImplementationOnce((_, __, [, , suspects]) => {
      clock.time = answeredAt;
      const entries = suspects === 1 ? [[Buffer.from('1-1'), [], 2, 1]] : [];
      return Promise.resolve([entries, [], 1]);
    });
    const again = await claims.claim();
    return { asked: run.mock.lastCall?.[2][2] === 1, again };
  };
  return { claims, claim };
}

describe('a claim of what may have ended its process', () => {
  it('comes a second after the one before', async () => {
    const { claim } = claimsAt();
    expect(await claim(0)).toEqual({ asked: true, again: 1_000 });
    expect(await claim(999)).toEqual({ asked: false, again: 1 });
    expect(await claim(1_000)).toEqual({ asked: true, again: 1_000 });
  });

  it('leaves that one its second also where Redis was slow to hand it out', async () => {
    const { claim } = claimsAt();
    expect(await claim(0, 900)).toEqual({ asked: true, again: 1_000 });
    expect(await claim(1_800)).toEqual({ asked: false, again: 100 });
  });

  it('comes earlier where that one has come to its end', async () => {
    const { claims, claim } = claimsAt();
    await claim(0);
    claims.suspectEnded();
    expect(await claim(10)).toEqual({ asked: true, again: 1_000 });
  });
});
