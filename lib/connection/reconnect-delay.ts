const FIRST = 50;
const LONGEST = 2_000;

/** Milliseconds before the next try: grows from 50 ms to 2 s, and half of it is random so that instances spread. */
export function reconnectDelay(attempt: number, random: () => number = Math.random): number {
  const grown = Math.min(FIRST * 2 ** Math.min(attempt - 1, 10), LONGEST);
  return Math.round(grown * (0.5 + random() / 2));
}
