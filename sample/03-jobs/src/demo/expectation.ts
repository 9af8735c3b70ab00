import type { Facts } from './facts.js';
import { FOREIGN_MAILS, POSTINGS } from './plan.js';

/** What must have become of the mails, made of nothing but the plan. */
export function expectation(): Facts {
  const to = (domain: string) =>
    POSTINGS.map(({ mail }) => mail).filter((mail) => mail.to.endsWith(`@${domain}`) && mail.subject !== 'WIN NOW');
  const spam = POSTINGS.filter(({ mail }) => mail.subject === 'WIN NOW').length;
  const [grey, down, dead, unknown] = [
    to('grey.example'),
    to('down.example'),
    to('dead.example'),
    to('unknown.example'),
  ];
  const sent = [...to('good.example'), ...grey, ...down, ...FOREIGN_MAILS];
  return {
    sent: sent.map(({ mailId }) => mailId).toSorted(),
    early: [],
    // Three attempts are two retries. A dead server is tried so twice.
    retries: 2 * grey.length + 2 * down.length + 4 * dead.length,
    givenUp: { exhausted: down.length + 2 * dead.length, fatal: unknown.length, rejected: spam, undecodable: 2 },
    returned: { exhausted: dead.length, fatal: unknown.length, rejected: spam },
    kept: 1,
  };
}
