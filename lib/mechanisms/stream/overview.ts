/** One consumer, as XINFO STREAM FULL tells it. */
export interface ConsumerOverview {
  readonly name: string;
  readonly pending: number;
  /** When it was seen last, by Redis' clock. */
  readonly seenAt: number;
}

/** What a consumer wants to know of its stream and group from time to time. */
export interface Overview {
  readonly length: number;
  readonly added: number;
  readonly lastId: string;
  /** Undefined for an empty stream. */
  readonly firstId: string | undefined;
  readonly lastDelivered: string;
  /** How many entries the group has read; undefined where Redis does not know. */
  readonly read: number | undefined;
  readonly consumers: readonly ConsumerOverview[];
  /** How far all groups are, to be compared with an earlier one. */
  readonly progress: string;
}

/** A map of Redis': flat names and values, or an object, as protocol and client have it. */
export function toRecord(reply: unknown): Record<string, unknown> {
  if (reply instanceof Map) return Object.fromEntries(reply as Map<string, unknown>);
  if (!Array.isArray(reply)) return (reply ?? {}) as Record<string, unknown>;
  const record: Record<string, unknown> = {};
  for (let index = 0; index + 1 < reply.length; index += 2) record[String(reply[index])] = reply[index + 1];
  return record;
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function toConsumer(reply: unknown): ConsumerOverview {
  const facts = toRecord(reply);
  return { name: String(facts['name']), pending: Number(facts['pel-count']), seenAt: Number(facts['seen-time']) };
}

/** Reads the reply of `XINFO STREAM key FULL COUNT 1`. @returns undefined where the group is not there. */
export function toOverview(reply: unknown, group: string): Overview | undefined {
  const stream = toRecord(reply);
  const groups = (stream['groups'] as unknown[]).map(toRecord);
  const found = groups.find(({ name }) => String(name) === group);
  if (found === undefined) return undefined;
  const length = Number(stream['length']);
  return {
    length,
    added: Number(stream['entries-added']),
    lastId: String(stream['last-generated-id']),
    firstId: length === 0 ? undefined : String(stream['recorded-first-entry-id']),
    lastDelivered: String(found['last-delivered-id']),
    read: numberOf(found['entries-read']),
    progress: groups.map((each) => `${String(each['last-delivered-id'])} ${String(each['pel-count'])}`).join(' '),
    consumers: (found['consumers'] as unknown[]).map(toConsumer),
  };
}

/** Compares two entry ids. */
export function compareIds(a: string, b: string): number {
  const [aTime = '0', aNumber = '0'] = a.split('-');
  const [bTime = '0', bNumber = '0'] = b.split('-');
  const byTime = BigInt(aTime) - BigInt(bTime);
  const difference = byTime === 0n ? BigInt(aNumber) - BigInt(bNumber) : byTime;
  return difference < 0n ? -1 : Number(difference > 0n);
}

/**
 * Whether entries were deleted before the group had read them. It can be told only where it is known how many are still
 * to be read: none, or all that are there.
 */
export function hasLost({ length, added, lastId, firstId, lastDelivered, read }: Overview): boolean {
  if (read === undefined) return false;
  if (compareIds(lastDelivered, lastId) >= 0) return read < added;
  const hasAllToRead = firstId === undefined || compareIds(firstId, lastDelivered) > 0;
  return hasAllToRead && read < added - length;
}

/** Whether others hold something that may be for us to take. */
export const hasClaimable = ({ consumers }: Overview, self: string): boolean =>
  consumers.some(({ name, pending }) => name !== self && pending > 0);

/**
 * Whether a consumer owns nothing and has not been seen for `idle` ms. Ours is seen at each of its reads, so the one that
 * was seen last stands for now.
 */
export function hasAbandoned({ consumers }: Overview, idle: number): boolean {
  const now = Math.max(...consumers.map(({ seenAt }) => seenAt));
  return consumers.some(({ pending, seenAt }) => pending === 0 && now - seenAt > idle);
}
