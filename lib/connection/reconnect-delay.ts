const FIRST = 50;
const LONGEST = 2_000;

/** Milliseconds before the next try: grows from 50 ms to 2 s or `longest`, and half of it is random so that instances spread. */
export function delayBefore(attempt: number, longest: number, random: () => number = Math.random): number {
  const grown = Math.min(FIRST * 2 ** Math.min(attempt - 1, 10), longest);
  return Math.round(grown * (0.5 + random() / 2));
}

/** The same for a connection. */
export const reconnectDelay = (attempt: number, random?: () => number): number => delayBefore(attempt, LONGEST, random);
