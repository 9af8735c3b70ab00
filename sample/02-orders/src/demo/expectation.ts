import { troublesOf } from '../payments/bank.js';
import { failsAfterCommit } from '../ledger/outages.js';
import type { Facts } from './facts.js';
import { BROKEN_PAYLOADS, CONFLICTS, PUBLICATIONS, isPaid } from './plan.js';

/** The attempts of a payment, as its handler says. */
const ATTEMPTS = 4;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** What must have become of the orders, made of nothing but the plan. */
export function expectation(): Facts {
  const orders = PUBLICATIONS.map(({ order }) => order);
  const paid = orders.filter((order) => isPaid(order));
  const offline = orders.filter(({ card }) => card === 'offline').length;
  const doubles = PUBLICATIONS.filter(({ twice }) => twice === 'by another publisher').length;
  const balances: Record<string, number> = {};
  const receipts: Record<string, string[]> = {};
  for (const { orderId, customer, cents } of paid) {
    balances[customer] = (balances[customer] ?? 0) + cents;
    (receipts[customer] ??= []).push(orderId);
  }
  return {
    entries: orders.length + doubles + CONFLICTS.length + BROKEN_PAYLOADS.length,
    duplicates: doubles,
    retries: sum(paid.map(({ orderId }) => troublesOf(orderId).length)) + offline * (ATTEMPTS - 1),
    bookingsRetried: paid.filter((order) => failsAfterCommit(order)).length,
    receipts,
    bank: balances,
    redis: balances,
    postgres: balances,
    inbox: paid.length,
    deadLetters: {
      conflict: CONFLICTS.length,
      exhausted: offline,
      fatal: orders.filter(({ card }) => card === 'stolen').length,
      rejected: orders.filter(({ cents }) => cents === 0).length,
      undecodable: BROKEN_PAYLOADS.length,
    },
    left: 0,
  };
}
