import { describe, expect, it } from 'vitest';
import {
  type Overview,
  compareIds,
  hasAbandoned,
  hasClaimable,
  hasLost,
  toOverview,
  toRecord,
} from '../../../lib/mechanisms/stream/overview.js';

/** What Redis tells of a stream of ten entries, of which the oldest two are trimmed. */
const FACTS = {
  length: 8,
  'radix-tree-keys': 1,
  'last-generated-id': '10-0',
  'max-deleted-entry-id': '0-0',
  'entries-added': 10,
  'recorded-first-entry-id': '3-0',
  entries: [['3-0', ['n', '3']]],
  groups: [
    {
      name: 'other',
      'last-delivered-id': '9-1',
      'entries-read': null,
      lag: null,
      'pel-count': 0,
      pel: [],
      consumers: [],
    },
    {
      name: 'payments',
      'last-delivered-id': '5-0',
      'entries-read': 5,
      lag: 5,
      'pel-count': 3,
      pel: [],
      consumers: [
        { name: 'me', 'seen-time': 1_000, 'active-time': 900, 'pel-count': 1, pel: [] },
        { name: '$parked', 'seen-time': 400, 'active-time': 400, 'pel-count': 2, pel: [] },
      ],
    },
  ],
};

type Shape = (facts: Record<string, unknown>) => unknown;

/** As RESP2 has it, or ioredis in its legacy mapping: names and values in turn. */
const flat: Shape = (facts) => Object.entries(facts).flatMap(([name, value]) => [name, deep(flat, value)]);
const asMap: Shape = (facts) => new Map(Object.entries(facts).map(([name, value]) => [name, deep(asMap, value)]));
const asObject: Shape = (facts) =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, deep(asObject, value)]));
const asBytes: Shape = (facts) =>
  Object.entries(facts).flatMap(([name, value]) => [Buffer.from(name), deep(asBytes, value)]);

function deep(shape: Shape, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => deep(shape, each));
  if (typeof value === 'object' && value !== null) return shape(value as Record<string, unknown>);
  return shape === asBytes && typeof value === 'string' ? Buffer.from(value) : value;
}

const overview = (changes: Partial<Overview> = {}): Overview => ({
  length: 8,
  added: 10,
  lastId: '10-0',
  firstId: '3-0',
  lastDelivered: '0-0',
  read: 0,
  consumers: [],
  progress: '',
  ...changes,
});

describe('the overview of a stream', () => {
  it.each([
    ['flat lists', flat],
    ['maps', asMap],
    ['objects', asObject],
    ['lists of bytes', asBytes],
  ])('is read from %s', (_, shape) => {
    expect(toOverview(shape(FACTS), 'payments')).toEqual({
      length: 8,
      added: 10,
      lastId: '10-0',
      firstId: '3-0',
      lastDelivered: '5-0',
      read: 5,
      consumers: [
        { name: 'me', pending: 1, seenAt: 1_000 },
        { name: '$parked', pending: 2, seenAt: 400 },
      ],
      progress: '9-1 0 5-0 3',
    });
  });

  it('knows no first entry of an empty stream, and no number of reads that Redis does not know', () => {
    const empty = { ...FACTS, length: 0, 'recorded-first-entry-id': '0-0' };
    expect(toOverview(flat(empty), 'other')).toMatchObject({ firstId: undefined, read: undefined, consumers: [] });
  });

  it('is missing where the group is', () => {
    expect(toOverview(flat(FACTS), 'nobody')).toBeUndefined();
    expect(toOverview(flat({ ...FACTS, groups: [] }), 'payments')).toBeUndefined();
  });

  it('takes a map for a record in every form', () => {
    const record = { a: 1, b: 'x' };
    expect([['a', 1, 'b', 'x'], new Map<string, unknown>(Object.entries(record)), record].map(toRecord)).toEqual([
      record,
      record,
      record,
    ]);
    expect(toRecord(null)).toEqual({});
  });
});

describe('ids of entries', () => {
  it.each([
    ['1-0', '2-0', -1],
    ['2-0', '10-0', -1],
    ['5-9', '5-10', -1],
    ['5-10', '5-9', 1],
    ['7-3', '7-3', 0],
    ['9007199254740993-0', '9007199254740992-0', 1],
    ['1-18446744073709551615', '1-18446744073709551614', 1],
    ['5', '5-0', 0],
    ['0', '0-1', -1],
  ])('are compared by number: %s and %s', (a, b, order) => {
    expect(Math.sign(compareIds(a, b))).toBe(order);
    expect(Math.sign(compareIds(b, a))).toBe(order === 0 ? 0 : -order);
  });
});

describe('entries are lost', () => {
  it('where more were added than were read and are still there, and none of these was read', () => {
    expect(hasLost(overview())).toBe(true);
    expect(hasLost(overview({ lastDelivered: '2-0', read: 2 }))).toBe(false);
    expect(hasLost(overview({ lastDelivered: '1-0', read: 1 }))).toBe(true);
  });

  it('where all has been read, and more were added than were read', () => {
    expect(hasLost(overview({ lastDelivered: '10-0', read: 10 }))).toBe(false);
    expect(hasLost(overview({ lastDelivered: '10-0', read: 7 }))).toBe(true);
    expect(hasLost(overview({ lastDelivered: '10-0', read: 12 }))).toBe(false);
  });

  it('where the stream is empty, and more were added than were read', () => {
    expect(hasLost(overview({ length: 0, firstId: undefined, lastDelivered: '4-0', read: 4 }))).toBe(true);
  });

  it('for nobody to tell in the middle of what is there, or where Redis does not know what was read', () => {
    expect(hasLost(overview({ lastDelivered: '5-0', read: 3 }))).toBe(false);
    expect(hasLost(overview({ read: undefined }))).toBe(false);
  });
});

describe('consumers in an overview', () => {
  const consumer = (name: string, pending: number, seenAt = 1_000) => ({ name, pending, seenAt });

  it('have something claimable where another one than the own holds something', () => {
    const claimable = (...consumers: ReturnType<typeof consumer>[]): boolean =>
      hasClaimable(overview({ consumers }), 'me');
    expect(claimable()).toBe(false);
    expect(claimable(consumer('me', 5))).toBe(false);
    expect(claimable(consumer('me', 5), consumer('other', 0))).toBe(false);
    expect(claimable(consumer('me', 0), consumer('$parked', 1))).toBe(true);
  });

  it('are abandoned that hold nothing and were not seen for long, by the one that was seen last', () => {
    const abandoned = (...consumers: ReturnType<typeof consumer>[]): boolean =>
      hasAbandoned(overview({ consumers }), 100);
    expect(abandoned(consumer('me', 0, 1_000), consumer('other', 0, 950))).toBe(false);
    expect(abandoned(consumer('me', 0, 1_000), consumer('other', 0, 899))).toBe(true);
    expect(abandoned(consumer('me', 0, 1_000), consumer('other', 1, 0))).toBe(false);
    expect(abandoned(consumer('me', 0, 10))).toBe(false);
    expect(abandoned()).toBe(false);
  });
});
