import { describe, expect, it } from 'vitest';
import { type Job, attemptedHead, deadLetterHead, toJob, withHead } from '../../../lib/mechanisms/queue/job.js';
import { decodeQueueItem, encodeQueueItem, jsonCodec, parseQueueItem } from '../../../lib/message/index.js';
import { randomBytes, seeded } from '../seeded.js';

const attemptedItem = (job: Job, attempts: number): Buffer => withHead(job, attemptedHead(job, attempts)).raw;

/** As the script puts it together, but for the time. */
function deadLetterItem(job: Job, facts: Record<string, string>): Buffer {
  const { line, headers, length } = deadLetterHead(job, facts);
  const head = Buffer.from(`${line}${Buffer.byteLength(headers)}\n${headers}`);
  return Buffer.concat([head, job.raw.subarray(length)]);
}

const payloadOf = (raw: Buffer): Buffer => raw.subarray(parseQueueItem(raw).payloadStart);

const ours = (headers = '{"t":"x"}'): Buffer =>
  Buffer.from(encodeQueueItem({ id: 'job-1', attempts: 1, timestamp: 7, headers, payload: '{"a":1}' }));

describe('a job', () => {
  it('of ours has its own id; a foreign one gets a new id, which it keeps from the first attempt on', () => {
    expect(toJob(ours()).id).toBe('job-1');
    const [one, two] = [toJob(Buffer.from('x')), toJob(Buffer.from('x'))];
    expect(one.id).not.toBe(two.id);
    expect(toJob(attemptedItem(one, 1)).id).toBe(one.id);
  });

  it('that was attempted has its attempts counted and nothing else changed', () => {
    const item = parseQueueItem(attemptedItem(toJob(ours()), 2));
    expect(item).toEqual({ ...parseQueueItem(ours()), attempts: 2 });
  });

  it('keeps its payload byte for byte through attempts and to the dead letters', () => {
    const random = seeded(12);
    for (let round = 0; round < 300; round += 1) {
      const raw = randomBytes(random, 40);
      const job = toJob(raw);
      const again = toJob(attemptedItem(job, 1));
      expect(payloadOf(again.raw)).toEqual(payloadOf(raw));
      expect(payloadOf(deadLetterItem(again, { why: 'x' }))).toEqual(payloadOf(raw));
    }
  });

  it('of somebody else is decoded alike at every attempt', () => {
    for (const text of ['hello', '5', '{"a":1}', '']) {
      const job = toJob(Buffer.from(text));
      const again = toJob(attemptedItem(job, 1));
      expect(decodeQueueItem(again.raw, again.item, jsonCodec)).toEqual(decodeQueueItem(job.raw, job.item, jsonCodec));
      expect(again.item.timestamp).toBeUndefined();
    }
  });
});

describe('a job whose line is of our form, though not ours', () => {
  const LONGEST_ID = 'i'.repeat(128);
  const LATEST = '9'.repeat(15);

  it.each([
    ['an id that fills the line', `$rf1 ${'i'.repeat(233)} 0 1700000000000 0\n"x"`],
    ['a timestamp that is no safe integer', '$rf1 a 0 9999999999999999999999 0\n"x"'],
    ['the longest id and the latest time', `$rf1 ${LONGEST_ID} 0 ${LATEST} 0\n"x"`],
  ])('has the same payload at every attempt: %s', (_, line) => {
    const first = toJob(Buffer.from(line));
    let job = first;
    for (const attempts of [1, 10, 1_000, 999_999_999]) {
      job = toJob(attemptedItem(job, attempts));
      expect(job.id).toBe(first.id);
      expect(job.item.attempts).toBe(attempts);
      expect(payloadOf(job.raw)).toEqual(payloadOf(first.raw));
    }
    expect(payloadOf(deadLetterItem(job, { why: 'x'.repeat(5_000) }))).toEqual(payloadOf(first.raw));
  });

  it('is taken for ours where there is room for what is written into it', () => {
    const item = parseQueueItem(Buffer.from(`$rf1 ${LONGEST_ID} 0 ${LATEST} 0\n"x"`));
    expect(item).toMatchObject({ id: LONGEST_ID, timestamp: Number(LATEST) });
  });
});

describe('a job whose headers are not UTF-8', () => {
  it('keeps them byte for byte when it is attempted', () => {
    const headers = Buffer.from([0xff, 0xfe, 0x00]);
    const raw = Buffer.concat([Buffer.from('$rf1 a 0 5 3\n'), headers, Buffer.from('payload')]);
    const again = attemptedItem(toJob(raw), 1);
    expect(again).toEqual(Buffer.concat([Buffer.from('$rf1 a 1 5 3\n'), headers, Buffer.from('payload')]));
  });
});

describe('the dead letter of a job', () => {
  const headersOf = (item: Buffer): unknown => JSON.parse(parseQueueItem(item).headers);

  it('has the facts beside its own headers', () => {
    expect(headersOf(deadLetterItem(toJob(ours()), { why: 'x' }))).toEqual({ t: 'x', why: 'x' });
    expect(headersOf(deadLetterItem(toJob(Buffer.from('foreign')), { why: 'x' }))).toEqual({ why: 'x' });
  });

  it('has no facts of an earlier end: each is that of the last', () => {
    const first = { 'dlq-reason': 'exhausted', 'dlq-error-message': 'no', 'dlq-last-at': '1' };
    const again = toJob(deadLetterItem(toJob(ours()), first));
    expect(headersOf(deadLetterItem(again, { 'dlq-reason': 'rejected' }))).toEqual({
      t: 'x',
      'dlq-reason': 'rejected',
    });
  });

  it('is a job with no attempts: whoever handles it, or puts it back, starts anew', () => {
    for (const job of [toJob(ours()), toJob(Buffer.from('foreign'))]) {
      const again = withHead(job, attemptedHead(job, 4, true));
      expect(parseQueueItem(deadLetterItem(again, {}))).toMatchObject({ id: job.id, attempts: 0, hasCrashed: false });
    }
  });

  it('keeps headers that cannot be read as a text', () => {
    expect(headersOf(deadLetterItem(toJob(ours('[broken')), { why: 'x' }))).toEqual({
      'unreadable-headers': '[broken',
      why: 'x',
    });
  });
});
