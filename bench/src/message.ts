/** What every message says: 100 bytes of JSON. */
export interface Body {
  /** Different for every message of a measurement: `FIRST`, `FIRST + 1`, … */
  readonly n: number;
  readonly customerId: string;
  readonly total: number;
  readonly currency: string;
  readonly items: number;
  readonly express: boolean;
}

/** The first number. Eight digits, so that every body has the same size. */
export const FIRST = 10_000_000;

const rest: Omit<Body, 'n'> = {
  customerId: 'customer-1047',
  total: 129.95,
  currency: 'EUR',
  items: 3,
  express: true,
};

/** A body's JSON before its number, and after it. */
export const BEFORE_NUMBER = '{"n":';
export const AFTER_NUMBER = `,${JSON.stringify(rest).slice(1)}`;

export const bodyOf = (n: number): Body => ({ n, ...rest });
