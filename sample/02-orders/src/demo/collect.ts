import type { INestApplicationContext } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { DEAD_LETTER_HEADERS } from 'nestjs-redis-flow';
import { Database } from '../ledger/database.js';
import type { Receipt } from '../orders/order.js';
import { Bank } from '../payments/bank.js';
import { Balances } from '../payments/balances.js';
import type { Facts, Sums } from './facts.js';
import { PUBLICATIONS } from './plan.js';
import { entriesOf, pendingOf } from './plain-redis.js';
import type { Tally } from './tally.js';

/** Where a run has left its traces. */
export interface Traces {
  readonly app: INestApplicationContext;
  readonly redis: Redis;
  readonly prefix: string;
  readonly tally: Tally;
}

function add(sums: Record<string, number>, name: string, amount: number): void {
  sums[name] = (sums[name] ?? 0) + amount;
}

async function receiptsOf({ redis, prefix }: Traces): Promise<Facts['receipts']> {
  const receipts: Record<string, string[]> = {};
  for (const { fields } of await entriesOf(redis, `${prefix}receipts`)) {
    const { orderId, customer } = JSON.parse(fields['$data'] ?? '') as Receipt;
    (receipts[customer] ??= []).push(orderId);
  }
  return receipts;
}

function chargedBy({ app }: Traces): Sums {
  const sums: Record<string, number> = {};
  for (const { customer, cents } of app.get(Bank).charges.values()) add(sums, customer, cents);
  return sums;
}

async function balancesIn({ app, redis }: Traces): Promise<Sums> {
  const sums: Record<string, number> = {};
  for (const customer of new Set(PUBLICATIONS.map(({ order }) => order.customer))) {
    const balance = await redis.get(app.get(Balances).keyOf(customer));
    if (balance !== null) sums[customer] = Number(balance);
  }
  return sums;
}

async function accountsIn({ app }: Traces): Promise<Sums> {
  const { rows } = await app
    .get(Database)
    .query<{ customer: string; cents: number }>('SELECT customer, cents::int AS cents FROM accounts');
  return Object.fromEntries(rows.map(({ customer, cents }) => [customer, cents]));
}

async function inboxIn({ app }: Traces): Promise<number> {
  const { rows } = await app.get(Database).query<{ count: number }>('SELECT count(*)::int AS count FROM inbox');
  return rows[0]?.count ?? 0;
}

async function deadLettersIn({ redis, prefix }: Traces): Promise<Sums> {
  const sums: Record<string, number> = {};
  for (const { fields } of await entriesOf(redis, `${prefix}orders:dlq`)) {
    const headers = JSON.parse(fields['$headers'] ?? '{}') as Record<string, string>;
    add(sums, headers[DEAD_LETTER_HEADERS.reason] ?? 'without a reason', 1);
  }
  return sums;
}

/** Looks at what there is: in Redis with a plain client, in Postgres, in the bank's books, and at what was counted. */
export async function collect(traces: Traces): Promise<Facts> {
  const { redis, prefix, tally } = traces;
  return {
    entries: await redis.xlen(`${prefix}orders`),
    duplicates: tally.duplicates,
    retries: tally.retries.orders,
    bookingsRetried: tally.retries.receipts,
    receipts: await receiptsOf(traces),
    bank: chargedBy(traces),
    redis: await balancesIn(traces),
    postgres: await accountsIn(traces),
    inbox: await inboxIn(traces),
    deadLetters: await deadLettersIn(traces),
    left:
      (await pendingOf(redis, `${prefix}orders`, 'payments')) + (await pendingOf(redis, `${prefix}receipts`, 'ledger')),
  };
}
