import { describe, expect, it } from 'vitest';
import { numbers } from '../../support/conformance/lab.js';
import { StreamLab } from './lab.js';

const MESSAGES = 2_000;
/** What docs/streams.md says of memory, for one handler at a time. */
const MOST_HELD = 501;

describe('a reader whose entries all fail', () => {
  it('holds no more of them than a bound while they wait for their retry, and reads on when they work', async () => {
    const lab = StreamLab.open();
    let isBroken = true;
    const retry = { attempts: 1_000, backoff: { type: 'fixed', delay: 500 } } as const;
    await lab.append(...numbers(MESSAGES));
    const failing = await lab.worker({ reader: { from: '0', checkpoint: 'failing' }, retry }, () => {
      if (isBroken) throw new Error('the database is away');
    });
    const other = await lab.worker({ reader: { from: '0', checkpoint: 'other' } });

    // It has had the time for all of them.
    await other.finished.count(MESSAGES);
    await failing.started.until((items) => items.some(({ attempt }) => attempt === 2));
    expect(new Set(failing.data).size).toBeLessThanOrEqual(MOST_HELD);

    isBroken = false;
    await failing.finished.until((items) => items.some(({ data }) => data === MESSAGES - 1));
    expect(new Set(failing.data).size).toBe(MESSAGES);
  });
});
