import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { numberOf } from '../support/faults/ledger.js';
import { StreamLab } from '../support/faults/stream-lab.js';
import { QueueLab } from '../support/queue/queue-lab.js';

const LEASE = 500;
const ATTEMPTS = 3;
const MESSAGES = 10;
const POISON = 4;
/** Four processes start, and a busy machine takes many seconds for each. */
const PATIENCE = 120_000;

function streamLab() {
  const lab = new StreamLab();
  const payloads = async () => (await lab.deadLetters()).map(({ fields }) => fields.get('$data'));
  return { lab, add: (data: readonly unknown[]): Promise<unknown> => lab.append(...data), payloads };
}

function queueLab() {
  const lab = new QueueLab();
  const payloads = async () => (await lab.deadLetters()).map(({ payload }) => payload);
  return { lab, add: (data: readonly unknown[]): Promise<unknown> => lab.push(...data), payloads };
}

describe.each([
  ['a message', 1, streamLab],
  ['a message', 10, streamLab],
  ['a job', 1, queueLab],
  ['a job', 10, queueLab],
])('%s that kills its process every time, with concurrency %i', (_, concurrency, open) => {
  it(
    'is given up as crashed after exactly its attempts, and its neighbours pay for their own starts only',
    async () => {
      const { lab, add, payloads } = open();
      await add(numbers(MESSAGES).map((n) => (n === POISON ? { n, die: { at: 'start' } } : { n, work: 50 })));
      const options = { lease: LEASE, concurrency, retry: { attempts: ATTEMPTS } };

      for (let death = 0; death < ATTEMPTS; death += 1) expect(await lab.child(options).end()).toBe('SIGKILL');
      await lab.child(options).ready();

      // Some may have ended twice: what had ended and was not acknowledged yet when the process died.
      await eventually(() => expect(new Set(lab.ledger.ended()).size).toBe(MESSAGES - 1));
      await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1));
      await lab.settled();
      const [letter] = await lab.deadLetters();
      expect(letter?.headers).toMatchObject({ 'dlq-reason': 'crashed', 'dlq-attempts': String(ATTEMPTS) });
      const [payload] = await payloads();
      expect(numberOf({ data: JSON.parse(String(payload)) as unknown })).toBe(POISON);
      for (const n of numbers(MESSAGES)) {
        const attempts = lab.ledger.attempts(n);
        expect(attempts, `the attempts of message ${n}`).toEqual(numbers(attempts.length).map((index) => index + 1));
      }
      expect(lab.ledger.attempts(POISON)).toHaveLength(ATTEMPTS);
    },
    PATIENCE,
  );
});
