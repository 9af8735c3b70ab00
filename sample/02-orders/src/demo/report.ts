import { isDeepStrictEqual, styleText } from 'node:util';
import type { Facts, Sums } from './facts.js';

/** Prints a line. */
export const print = (line = ''): void => void process.stdout.write(`${line}\n`);

const count = (lists: Facts['receipts']): number => Object.values(lists).flat().length;
const total = (sums: Sums): number => Object.values(sums).reduce((all, one) => all + one, 0);
const euros = (sums: Sums): string => `${(total(sums) / 100).toFixed(2)} in ${Object.keys(sums).length} accounts`;
const list = (sums: Sums): string =>
  Object.entries(sums)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, number]) => `${number} ${name}`)
    .join(', ');

/** What is told of each fact. */
const LINES: Readonly<Record<keyof Facts, { readonly label: string; readonly show: (facts: Facts) => string }>> = {
  entries: { label: 'entries in the stream "orders"', show: ({ entries }) => String(entries) },
  duplicates: { label: 'known as doubles, not handled', show: ({ duplicates }) => String(duplicates) },
  retries: { label: 'attempts to pay that were retried', show: ({ retries }) => String(retries) },
  bookingsRetried: { label: 'bookings that were retried', show: ({ bookingsRetried }) => String(bookingsRetried) },
  receipts: { label: 'receipts, in order per customer', show: ({ receipts }) => String(count(receipts)) },
  bank: { label: 'charged by the bank', show: ({ bank }) => euros(bank) },
  redis: { label: 'balances in Redis', show: ({ redis }) => euros(redis) },
  postgres: { label: 'balances in Postgres', show: ({ postgres }) => euros(postgres) },
  inbox: { label: 'rows in the inbox', show: ({ inbox }) => String(inbox) },
  deadLetters: { label: 'dead letters', show: ({ deadLetters }) => list(deadLetters) },
  left: { label: 'left over', show: ({ left }) => String(left) },
};

/** The facts that are not as they should be. */
export const wrongIn = (found: Facts, expected: Facts): (keyof Facts)[] =>
  (Object.keys(LINES) as (keyof Facts)[]).filter((name) => !isDeepStrictEqual(found[name], expected[name]));

/** Prints what became of the orders, one fact a line. */
export function report(found: Facts, expected: Facts): void {
  const wrong = new Set(wrongIn(found, expected));
  for (const [name, { label, show }] of Object.entries(LINES)) {
    const isRight = !wrong.has(name as keyof Facts);
    const instead = isRight ? '' : `   should be ${show(expected)}, and the same for each customer`;
    print(styleText(isRight ? 'green' : 'red', `${isRight ? '✓' : '✗'} ${label.padEnd(34)} ${show(found)}${instead}`));
  }
}
