import { isDeepStrictEqual, styleText } from 'node:util';
import type { Facts } from './facts.js';

/** Prints a line. */
export const print = (line = ''): void => void process.stdout.write(`${line}\n`);

const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, number]) => `${number} ${name}`)
    .join(', ');

/** What is told of each fact. */
const LINES: Readonly<Record<keyof Facts, { readonly label: string; readonly show: (facts: Facts) => string }>> = {
  sent: { label: 'mails sent', show: ({ sent }) => String(sent.length) },
  early: { label: 'sent before their time', show: ({ early }) => String(early.length) },
  retries: { label: 'attempts that were retried', show: ({ retries }) => String(retries) },
  givenUp: { label: 'given up', show: ({ givenUp }) => list(givenUp) },
  returned: { label: 'returned to their writers', show: ({ returned }) => list(returned) },
  kept: { label: 'kept for people to look at', show: ({ kept }) => String(kept) },
};

/** The facts that are not as they should be. */
export const wrongIn = (found: Facts, expected: Facts): (keyof Facts)[] =>
  (Object.keys(LINES) as (keyof Facts)[]).filter((name) => !isDeepStrictEqual(found[name], expected[name]));

/** Prints what became of the mails, one fact a line. */
export function report(found: Facts, expected: Facts): void {
  const wrong = new Set(wrongIn(found, expected));
  for (const [name, { label, show }] of Object.entries(LINES)) {
    const isRight = !wrong.has(name as keyof Facts);
    const instead = isRight ? '' : `   should be ${show(expected)}, mail by mail`;
    print(styleText(isRight ? 'green' : 'red', `${isRight ? '✓' : '✗'} ${label.padEnd(28)} ${show(found)}${instead}`));
  }
}
