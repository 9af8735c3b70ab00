/** An entry as Redis gives it: its id, then names and values in turn. */
export interface Entry {
  readonly id: string;
  readonly fields: readonly Buffer[];
}

/** One item of a list of entries, or undefined for one that was trimmed: that comes as null, or without fields. */
export function toEntry(raw: unknown): Entry | undefined {
  const [id, fields] = (raw ?? []) as [id?: Buffer, fields?: Buffer[] | null];
  return id !== undefined && fields ? { id: id.toString('latin1'), fields } : undefined;
}

/** A list of entries, as XCLAIM and XRANGE reply. */
export function toEntries(raw: unknown): Entry[] {
  return ((raw ?? []) as unknown[]).flatMap((item) => toEntry(item) ?? []);
}

/**
 * The entries in a reply of XREAD or XREADGROUP for one stream: null, a list of a pair, a flat list of the pair, or an
 * object with one key, as the protocol and ioredis' options have it.
 */
export function entriesOf(reply: unknown): Entry[] {
  if (reply === null || reply === undefined) return [];
  if (!Array.isArray(reply)) return toEntries(Object.values(reply)[0]);
  const [first, second] = reply as unknown[];
  return toEntries(Array.isArray(first) ? first[1] : second);
}
