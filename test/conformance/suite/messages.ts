import { expect, it } from 'vitest';
import { unique } from '../../support/redis.js';
import type { MechanismHarness, Outgoing } from '../../support/conformance/harness.js';
import { Lab, numbers } from '../../support/conformance/lab.js';

const MESSAGES: readonly Outgoing[] = [
  { data: 'text' },
  { data: '' },
  { data: 'null' },
  { data: '{"looks":"like JSON"}' },
  { data: '$rf1 looks like an item\n' },
  { data: 0 },
  { data: -1.5e-7 },
  { data: Number.MAX_SAFE_INTEGER },
  { data: true },
  { data: null },
  { data: [] },
  { data: {} },
  { data: { $data: 1, $headers: 'not headers' } },
  { data: { Größe: ['ß', '漢字', '👩‍👩‍👧', '\u0000\u001f\u2028', { deep: { deeper: [null, false] } }] } },
  { data: { a: 1 }, headers: { tenant: 'Zoë & Söhne', 'x-empty': '', 'x-json': '{"a":"\\n"}', 'x-lines': 'a\r\nb' } },
  { data: null, headers: { only: 'headers' } },
];

export function messageCases(harness: MechanismHarness): void {
  it('hands over data and headers as they were published, in order', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker();

    await lab.send(MESSAGES);

    const started = await worker.finished.count(MESSAGES.length);
    expect(started.map(({ data }) => data)).toEqual(MESSAGES.map(({ data }) => data));
    expect(started.map(({ headers }) => headers)).toEqual(MESSAGES.map(({ headers = {} }) => headers));
  });

  it('gives every message an id of its own, attempt 1 and its target', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker({ concurrency: 4 });

    await lab.publish(numbers(20));

    const started = await worker.finished.count(20);
    expect(new Set(started.map(({ id }) => id)).size).toBe(20);
    for (const each of started) expect(each).toMatchObject({ attempt: 1, target: lab.target });
  });

  it('hands over a payload of 1 MB', async () => {
    const lab = await Lab.open(harness);
    const worker = await lab.worker();
    const large = 'ä€😀x'.repeat(100_000);

    await lab.publish([large, 'next']);

    await worker.finished.count(2);
    expect(worker.data[0] === large).toBe(true);
    expect(worker.data[1]).toBe('next');
  });

  it('serves several targets with one handler, and tells which one a message came from', async () => {
    const lab = await Lab.open(harness);
    const targets = numbers(5).map(() => unique('conformance-many'));
    const worker = await lab.worker({ targets });

    for (const target of targets) await lab.publish([`for ${target}`, `again for ${target}`], target);

    await worker.finished.count(10);
    for (const { data, target } of worker.started.items)
      expect([`for ${target}`, `again for ${target}`]).toContain(data);
    expect(new Set(worker.data).size).toBe(10);
  });

  it('keeps targets apart, also those with similar names', async () => {
    const lab = await Lab.open(harness);
    const others = [`${lab.target}:sub`, `${lab.target}x`, lab.target.slice(0, -1), lab.target.toUpperCase()];
    const worker = await lab.worker();
    const other = await lab.worker({ targets: others });

    for (const target of others) await lab.publish(['theirs'], target);
    await lab.publish(['ours']);

    await Promise.all([worker.finished.count(1), other.finished.count(others.length)]);
    expect(worker.data).toEqual(['ours']);
    expect(other.data).toEqual(others.map(() => 'theirs'));
  });

  for (const { name, put, arrives } of harness.foreign) {
    it(`takes what another program wrote: ${name}`, async () => {
      const lab = await Lab.open(harness);
      const worker = await lab.worker();

      await put(lab.redis, lab.target);
      await lab.publish(['ours']);

      await worker.finished.count(2);
      expect(worker.data).toEqual([arrives, 'ours']);
      expect(worker.started.items[0]).toMatchObject({ headers: {}, attempt: 1, target: lab.target });
      expect(worker.started.items[0]?.id).not.toBe('');
    });
  }
}
