import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Gate, numbers } from '../../support/conformance/lab.js';
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

describe('a reader whose handler fails when the application has closed without it', () => {
  it('keeps the process for no retry: the entry is read again from the checkpoint', async () => {
    const lab = StreamLab.open();
    const gate = new Gate();
    const delay = 61_234;
    const options = { reader: { from: '0' }, retry: { attempts: 2, backoff: { type: 'fixed', delay } } } as const;
    const handle = async () => {
      await gate.pass();
      throw new Error('late');
    };
    const worker = await lab.worker(options, handle, { flow: { shutdown: { timeout: 50 } } });
    await lab.append('x');
    await worker.started.count(1);
    await worker.close();
    const timers = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => timers.mockRestore());

    gate.open();
    await worker.finished.count(1);
    await sleep(50);

    expect(timers.mock.calls.map(([, ms]) => ms)).not.toContain(delay);
  });
});
