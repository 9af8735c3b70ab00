import { describe, expect, it } from 'vitest';
import { GROUP, Lab } from '../../support/conformance/lab.js';
import { streamHarness } from '../../support/conformance/stream.harness.js';
import { eventually } from '../../support/eventually.js';

const LEASE = 300;

describe('an entry that is trimmed while it is pending', () => {
  it('is logged as lost, never reaches a handler, and does not stay pending', async () => {
    const lab = await Lab.open(streamHarness);
    await lab.redis.xgroup('CREATE', lab.target, GROUP, '0', 'MKSTREAM');
    await lab.publish(['lost', 'kept']);
    await lab.redis.xreadgroup('GROUP', GROUP, 'gone', 'COUNT', 2, 'STREAMS', lab.target, '>');
    await lab.redis.xtrim(lab.target, 'MAXLEN', 1);

    const lines: string[] = [];
    const note = (line: unknown): void => void lines.push(String(line));
    const worker = await lab.worker({ lease: LEASE, logger: { log: note, warn: note, error: note } });
    await worker.finished.count(1);

    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(worker.data).toEqual(['kept']);
    const losses = () => lines.filter((line) => line.includes('pending entries were trimmed or deleted and are lost'));
    await eventually(() => expect(losses()).toHaveLength(1));
  });

  it('is kept in the dead letters when its handler gives it up', async () => {
    const lab = await Lab.open(streamHarness);
    const worker = await lab.worker({
      retry: false,
      handle: async () => {
        await lab.redis.xtrim(lab.target, 'MAXLEN', 0);
        throw new Error('given up');
      },
    });
    await lab.publish(['x']);
    await worker.finished.count(1);

    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    const [letter] = await lab.deadLetters();
    expect(letter?.payload.toString()).toBe('"x"');
  });
});
