import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { numberOf } from '../support/faults/ledger.js';
import { StreamLab } from '../support/faults/stream-lab.js';

const LEASE = 500;
const ATTEMPTS = 3;
const MESSAGES = 10;
const POISON = 4;
/** Four processes start, and a busy machine takes many seconds for each. */
const PATIENCE = 120_000;

describe.each([1, 10])('a message that kills its process every time, with concurrency %i', (concurrency) => {
  it(
    'is given up as crashed after exactly its attempts, and its neighbours pay for their own starts only',
    async () => {
      const lab = new StreamLab();
      await lab.append(...numbers(MESSAGES).map((n) => (n === POISON ? { n, die: { at: 'start' } } : { n, work: 50 })));
      const options = { lease: LEASE, concurrency, retry: { attempts: ATTEMPTS } };

      for (let death = 0; death < ATTEMPTS; death += 1) expect(await lab.child(options).end()).toBe('SIGKILL');
      await lab.child(options).ready();

      // Some may have ended twice: what had ended and was not acknowledged yet when the process died.
      await eventually(() => expect(new Set(lab.ledger.ended()).size).toBe(MESSAGES - 1));
      await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1));
      await lab.settled();
      const [letter] = await lab.deadLetters();
      expect(letter?.headers).toMatchObject({ 'dlq-reason': 'crashed', 'dlq-attempts': String(ATTEMPTS) });
      expect(numberOf({ data: JSON.parse(String(letter?.fields.get('$data'))) as unknown })).toBe(POISON);
      for (const n of numbers(MESSAGES)) {
        const attempts = lab.ledger.attempts(n);
        expect(attempts, `the attempts of message ${n}`).toEqual(numbers(attempts.length).map((index) => index + 1));
      }
      expect(lab.ledger.attempts(POISON)).toHaveLength(ATTEMPTS);
    },
    PATIENCE,
  );
});
