import { describe, expect, it } from 'vitest';
import { StreamLab } from '../support/faults/stream-lab.js';

const LARGE = Buffer.alloc(20 * 1024 * 1024, '{"');

/** Entries as Redis may hold them, field and value in turn, and where the bytes of each field are in the dead letter. */
const ENTRIES: readonly {
  name: string;
  fields: readonly (string | Buffer)[];
  kept: Readonly<Record<string, Buffer>>;
}[] = [
  {
    name: 'bytes that are not UTF-8',
    fields: ['$data', Buffer.from([0xff, 0x00, 0xfe, 0x80])],
    kept: { $data: Buffer.from([0xff, 0x00, 0xfe, 0x80]) },
  },
  { name: 'a null byte', fields: ['$data', Buffer.from([0])], kept: { $data: Buffer.from([0]) } },
  { name: 'nothing', fields: ['$data', ''], kept: { $data: Buffer.alloc(0) } },
  { name: '20 MB that are no JSON', fields: ['$data', LARGE], kept: { $data: LARGE } },
  {
    name: 'no payload, and headers that are no JSON',
    fields: ['to', 'zoë', '$headers', '{"a":'],
    kept: { to: Buffer.from('zoë'), '$headers-unreadable': Buffer.from('{"a":') },
  },
  {
    name: 'a payload, and headers that are not UTF-8',
    fields: ['$data', '{"n":1}', '$headers', Buffer.from([0xff, 0xfe])],
    kept: { $data: Buffer.from('{"n":1}'), '$headers-unreadable': Buffer.from([0xff, 0xfe]) },
  },
];

describe.each(ENTRIES)('an entry with $name', ({ fields, kept }) => {
  it('goes to the dead letters byte for byte, reaches no handler, and the next message goes on', async () => {
    const lab = new StreamLab();
    const worker = await lab.worker({ options: { retry: { attempts: 5 } } });

    const id = await lab.redis.xadd(lab.stream, '*', ...fields);
    await lab.append('next');

    await worker.finished.count(1);
    await lab.settled();
    expect(worker.data).toEqual(['next']);
    const letters = await lab.deadLetters();
    expect(letters).toHaveLength(1);
    expect(letters[0]?.headers).toMatchObject({ 'dlq-reason': 'undecodable', 'dlq-id': id });
    for (const [field, bytes] of Object.entries(kept)) {
      expect(letters[0]?.fields.get(field)?.equals(bytes), `the bytes of ${field}`).toBe(true);
    }
    await lab.redis.del(`${lab.stream}:dlq`, lab.stream);
  });
});
