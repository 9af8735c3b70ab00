/** The most that one script is given: what Lua unpacks has its limit, and Redis serves nobody else meanwhile. */
const MOST = 500;

/** What is too much for one script, in parts. */
export function chunksOf<T>(items: readonly T[]): (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += MOST) chunks.push(items.slice(start, start + MOST));
  return chunks;
}
