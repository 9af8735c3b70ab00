import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { chance } from '../chance.js';
import type { Order } from '../orders/order.js';
import { BankTimeoutError, CardRefusedError } from './bank.errors.js';

/** Before it charges, or after it: the one who asked cannot tell. */
type Trouble = 'before' | 'after';

/** What goes wrong with an order's payment before it works. The same at every run. */
export function troublesOf(orderId: string): Trouble[] {
  const luck = chance(orderId);
  if (luck < 0.1) return ['after'];
  if (luck < 0.2) return ['before'];
  return luck < 0.25 ? ['before', 'after'] : [];
}

/** Stands for a service elsewhere that sometimes does not answer. It charges once for the same idempotency key. */
@Injectable()
export class Bank {
  /** By idempotency key. */
  readonly charges = new Map<string, Order>();
  private readonly troubles = new Map<string, Trouble[]>();

  /** @throws BankTimeoutError, CardRefusedError. */
  async charge(order: Order, idempotencyKey: string): Promise<void> {
    const { orderId, card } = order;
    await sleep(1);
    if (card === 'stolen') throw new CardRefusedError(orderId);
    const trouble = card === 'offline' ? 'before' : this.troubleWith(orderId);
    if (trouble === 'before') throw new BankTimeoutError(orderId);
    this.charges.set(idempotencyKey, order);
    if (trouble === 'after') throw new BankTimeoutError(orderId);
  }

  private troubleWith(orderId: string): Trouble | undefined {
    const troubles = this.troubles.get(orderId) ?? troublesOf(orderId);
    this.troubles.set(orderId, troubles);
    return troubles.shift();
  }
}
