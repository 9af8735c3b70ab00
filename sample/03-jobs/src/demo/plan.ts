import type { Mail } from '../mails/mail.js';

/** How a mail comes into the queue. */
export interface Posting {
  readonly mail: Mail;
  /** Ms before it may be sent. */
  readonly delay?: number;
}

const REMIND_AFTER = 400;

const many = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n + 1));

const mail = (number: number, domain: string, subject = 'Welcome'): Mail => ({
  mailId: `${domain}/${subject}/${number}`,
  to: `reader-${number}@${domain}`,
  subject,
});

/** What the application enqueues. */
export const POSTINGS: readonly Posting[] = [
  ...many(30, (n) => ({ mail: mail(n, 'good.example') })),
  ...many(8, (n) => ({ mail: mail(n, 'grey.example') })),
  ...many(4, (n) => ({ mail: mail(n, 'down.example') })),
  ...many(2, (n) => ({ mail: mail(n, 'dead.example') })),
  ...many(5, (n) => ({ mail: mail(n, 'unknown.example') })),
  ...many(3, (n) => ({ mail: mail(n, 'good.example', 'WIN NOW') })),
  ...many(10, (n) => ({ mail: mail(n, 'good.example', 'A reminder'), delay: REMIND_AFTER })),
];

/** What a program without this library pushes. */
export const FOREIGN_MAILS: readonly Mail[] = many(6, (n) => mail(n, 'good.example', 'From the old shop'));

/** What it pushes by mistake. */
export const BROKEN_PAYLOAD = '{"mailId":';
