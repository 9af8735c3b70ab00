const ID = /^(\d{1,20})(?:-(\d{1,20}))?$/;

/** The highest that Redis takes for either half. */
const HIGHEST = 2n ** 64n - 1n;

/** Whether Redis takes it for the id of an entry, as in `1700000000000-0` or `1700000000000`. */
export function isEntryId(value: unknown): boolean {
  const halves = typeof value === 'string' ? ID.exec(value)?.slice(1) : undefined;
  return halves?.every((half: string | undefined) => BigInt(half ?? 0) <= HIGHEST) ?? false;
}
