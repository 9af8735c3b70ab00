import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { StreamLab } from '../support/faults/stream-lab.js';

const HOUR = 3_600_000;
/** A process that is only held up for a while still renews it in time. */
const LEASE = 4_000;
/** Long enough for each to look several times whether the other's messages are to be taken over. */
const WORK = 1_000;
const DELAY = 2_000;
const MESSAGES = 20;
/** Much for a busy machine, and little against an hour. */
const LATE = 20_000;

describe('workers whose clocks are an hour fast and an hour slow', () => {
  it('keep leases and delays right all the same: only the clock of Redis counts', async () => {
    const lab = new StreamLab();
    const options = { lease: LEASE, concurrency: 4, retry: { attempts: 3, backoff: { type: 'fixed', delay: DELAY } } };
    const children = [HOUR, -HOUR].map((skew) => lab.child(options, { skew }));
    await Promise.all(children.map((child) => child.ready()));

    await lab.append(...numbers(MESSAGES).map((n) => ({ n, work: WORK, fail: 1 })));

    await eventually(() => expect(lab.ledger.of('end')).toHaveLength(2 * MESSAGES), 40_000);
    await lab.settled();
    for (const n of numbers(MESSAGES)) {
      expect(lab.ledger.attempts(n)).toEqual([1, 2]);
      const waited = Number(lab.ledger.of('start', n)[1]?.at) - Number(lab.ledger.of('end', n)[0]?.at);
      expect(waited).toBeGreaterThanOrEqual(DELAY);
      expect(waited).toBeLessThan(DELAY + LATE);
    }
    expect(await lab.deadLetters()).toEqual([]);
  });
});
