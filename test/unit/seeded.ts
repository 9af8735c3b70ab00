/** Numbers from 0 to below 1 that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const below = (random: () => number, limit: number): number => Math.floor(random() * limit);

/** Up to `longest` bytes of any value, with newlines, marks and braces more often than chance. */
export function randomBytes(random: () => number, longest: number): Buffer {
  const favourites = Buffer.from('\n$rf1 0{}[]"\\\u0000');
  return Buffer.from(
    Array.from({ length: below(random, longest + 1) }, () =>
      random() < 0.3 ? (favourites[below(random, favourites.length)] as number) : below(random, 256),
    ),
  );
}

const TEXTS = ['', 'é😀', '__proto__', '$data', '$headers', '$base64', 'a\nb', '\u0000', '"\\', '1', 'null', '\ud800'];

const SCALARS = [null, true, false, 0, -1, 1.5, 1e21, 2 ** 53, ...TEXTS];

/** Any value that JSON can hold. */
export function randomJson(random: () => number, depth = 3): unknown {
  const kind = depth === 0 ? 0 : below(random, 4);
  if (kind < 2) return SCALARS[below(random, SCALARS.length)];
  const length = below(random, 4);
  if (kind === 2) return Array.from({ length }, () => randomJson(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length }, () => [TEXTS[below(random, TEXTS.length)] as string, randomJson(random, depth - 1)]),
  );
}

/** Headers with awkward names and values, or undefined. */
export function randomHeaders(random: () => number): Record<string, string> | undefined {
  if (random() < 0.3) return undefined;
  const text = () => TEXTS[below(random, TEXTS.length)] as string;
  return Object.fromEntries(Array.from({ length: 1 + below(random, 3) }, () => [text(), text()]));
}
