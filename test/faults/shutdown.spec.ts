import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { StreamLab } from '../support/faults/stream-lab.js';

const MESSAGES = 30;

describe('a worker that is told to end while handlers run', () => {
  it('finishes those, hands back at once what it had read and not started, and leaves no consumer behind', async () => {
    const lab = new StreamLab();
    await lab.append(...numbers(MESSAGES).map((n) => ({ n, work: 500 })));
    const child = lab.child({ concurrency: 3 });
    await lab.ledger.until('start', 3);

    await child.terminate();
    const started = lab.ledger.of('start').length;
    expect(lab.ledger.ended()).toHaveLength(started);
    expect(started).toBeLessThan(MESSAGES);
    const worker = await lab.worker({ options: { concurrency: 30 } });

    // Long before a lease of 30 s could have run out.
    await eventually(() => expect(worker.finished.items).toHaveLength(MESSAGES - started));
    await lab.settled();
    expect(worker.attempts.every((attempt) => attempt === 1)).toBe(true);
    expect((await lab.consumers()).length).toBeLessThanOrEqual(2);
  });
});
