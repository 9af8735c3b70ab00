/** The size of a message as JSON, in bytes. */
export type Bytes = 100 | 1_000;

/** What a message says: an order, of 6 fields in 100 bytes or of 20 fields in 1000. */
export interface Body {
  /** Different for every message of a measurement: `FIRST`, `FIRST + 1`, … */
  readonly n: number;
  readonly [field: string]: string | number | boolean;
}

/** The first number. Eight digits, so that every body has the same size. */
export const FIRST = 10_000_000;

type Rest = Readonly<Record<string, string | number | boolean>>;

const ORDER: Rest = { customerId: 'customer-1047', total: 129.95, currency: 'EUR', items: 3, express: true };
/** Fifty characters: one more field is 64 bytes. */
const TEXT = 'a line of an address, a remark, or some other text';
const FIELD = 64;

function withDetails(bytes: Bytes): Rest {
  const missing = bytes - JSON.stringify({ n: FIRST, ...ORDER }).length;
  const fields = Math.floor(missing / FIELD);
  const details = Array.from({ length: fields }, (_, index) => {
    const isLast = index === fields - 1;
    return [`detail${String(index + 1).padStart(2, '0')}`, isLast ? TEXT.padEnd(50 + (missing % FIELD), '.') : TEXT];
  });
  return { ...ORDER, ...(Object.fromEntries(details) as Rest) };
}

const RESTS: Readonly<Record<Bytes, Rest>> = { 100: withDetails(100), 1_000: withDetails(1_000) };

export const bodyOf = (n: number, bytes: Bytes): Body => ({ n, ...RESTS[bytes] });

/** The bodies from `first` on. */
export const bodiesFrom = (first: number, count: number, bytes: Bytes): Body[] =>
  Array.from({ length: count }, (_, index) => bodyOf(first + index, bytes));

/** A body's JSON before its number, and after it. */
export const jsonAround = (bytes: Bytes): readonly [before: string, after: string] => [
  '{"n":',
  `,${JSON.stringify(RESTS[bytes]).slice(1)}`,
];

/** What Nest's Redis transport sends to its own channels: the body in a packet. */
export const packetAround = (channel: string, json: string): string =>
  `{"pattern":${JSON.stringify(channel)},"data":${json}}`;
