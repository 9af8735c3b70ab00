import { describe, expect, it } from 'vitest';
import { Lab } from '../../support/conformance/lab.js';
import { queueHarness } from '../../support/conformance/queue.harness.js';
import { streamHarness } from '../../support/conformance/stream.harness.js';
import { eventually } from '../../support/eventually.js';

const FAIL = { retry: { attempts: 1 }, handle: () => Promise.reject(new Error('never works')) } as const;

describe.each([streamHarness, queueHarness])('a dead letter that cannot be written, $kind', (harness) => {
  it('leaves the message where it is, and is written when that works again', async () => {
    const lab = await Lab.open(harness);
    const lines: string[] = [];
    const note = (line: unknown): void => void lines.push(String(line));
    await lab.redis.set(`${lab.target}:dlq`, 'not a place for dead letters');
    const worker = await lab.worker({ ...FAIL, logger: { log: note, warn: note, error: note } });

    await lab.publish(['x']);
    await worker.finished.count(1);
    await eventually(() =>
      expect(lines.join('\n')).toMatch(/(settling|writing the dead letter of) .* failed .*WRONGTYPE.*; trying again/),
    );
    expect(await lab.unsettled()).toBe(1);

    await lab.redis.del(`${lab.target}:dlq`);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    const [letter] = await lab.deadLetters();
    expect(letter?.payload.toString()).toBe('"x"');
    expect(letter?.headers['dlq-error-message']).toBe('never works');
    expect(worker.attempts).toEqual([1]);
  });
});
