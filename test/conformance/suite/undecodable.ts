import { eventually } from '../../support/eventually.js';
import { expect, it } from 'vitest';
import type { MechanismHarness } from '../../support/conformance/harness.js';
import { Lab } from '../../support/conformance/lab.js';

const PAYLOADS: Readonly<Record<string, Buffer>> = {
  'bytes that are not UTF-8': Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x80, 0x22]),
  'broken JSON': Buffer.from('{"order": 1, "text": "ünter'),
  nothing: Buffer.alloc(0),
};

function deadLetterCase(harness: MechanismHarness, name: string, payload: Buffer): void {
  it(`dead-letters ${name} byte for byte, at the first attempt`, async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker();

    await harness.inject(lab.redis, lab.target, payload);

    await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1));
    const [letter] = await lab.deadLetters();
    expect(letter?.payload).toEqual(payload);
    expect(letter?.headers).toMatchObject({
      'dlq-reason': 'undecodable',
      'dlq-attempts': '1',
      'dlq-error-class': 'UndecodableMessageError',
    });
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(worker.data).toEqual([]);
  });
}

export function undecodableCases(harness: MechanismHarness): void {
  const { deadLetters } = harness.capabilities;

  for (const [name, payload] of Object.entries(PAYLOADS)) {
    it(`survives ${name}, and handles the next message`, async () => {
      const lab = await Lab.open(harness);
      const worker = await lab.worker();

      await harness.inject(lab.redis, lab.target, payload);
      await lab.publish(['next']);

      await worker.finished.count(1);
      expect(worker.data).toEqual(['next']);
      expect(worker.attempts).toEqual([1]);
    });

    if (deadLetters) deadLetterCase(harness, name, payload);
  }
}
