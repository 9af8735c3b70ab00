import { chance } from '../chance.js';
import type { Order } from '../orders/order.js';

const ORDERS = 300;
const CUSTOMERS = 20;

/** How often, and by whom, an order is published. */
export interface Publication {
  readonly order: Order;
  /** Twice: the publisher repeats itself with `dedupe`, or another one that knows nothing of the first appends it again. */
  readonly twice?: 'with dedupe' | 'by another publisher';
}

const numbered = (letter: string, number: number): string => `${letter}-${String(number).padStart(3, '0')}`;

function orderOf(number: number): Order {
  const orderId = numbered('order', number);
  const customer = numbered('customer', 1 + Math.floor(chance(`${orderId} customer`) * CUSTOMERS));
  const isFree = number % 97 === 0;
  const cents = isFree ? 0 : 100 + Math.floor(chance(`${orderId} cents`) * 9_900);
  if (number % 31 === 0) return { orderId, customer, cents, card: 'stolen' };
  return { orderId, customer, cents, card: number % 67 === 0 ? 'offline' : 'good' };
}

function publicationOf(number: number): Publication {
  const order = orderOf(number);
  // What was given up is not done: a double of it would be tried again, and be a dead letter of its own.
  if (!isPaid(order)) return { order };
  if (number % 7 === 0) return { order, twice: 'with dedupe' };
  return number % 5 === 0 ? { order, twice: 'by another publisher' } : { order };
}

/** Whether an order can be paid in the end. */
export const isPaid = ({ card, cents }: Order): boolean => card === 'good' && cents > 0;

/** What is published first, in this order. */
export const PUBLICATIONS: readonly Publication[] = Array.from({ length: ORDERS }, (_, index) =>
  publicationOf(index + 1),
);

/** What comes when these have been paid: some of them again, with another amount. */
export const CONFLICTS: readonly Order[] = PUBLICATIONS.map(({ order }) => order)
  .filter((order) => isPaid(order))
  .slice(0, 3)
  .map((order) => ({ ...order, cents: order.cents + 1 }));

/** What a broken client appends. */
export const BROKEN_PAYLOADS: readonly string[] = ['{"orderId":', 'no JSON at all'];
