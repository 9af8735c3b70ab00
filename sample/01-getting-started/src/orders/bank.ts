import { Injectable } from '@nestjs/common';
import type { OrderDto } from './order.dto.js';

/** Stands for a service that is sometimes out of order. */
@Injectable()
export class Bank {
  /** @throws twice for a flaky card, always for a broken one. */
  charge({ amount, card }: OrderDto, attempt: number): string {
    if (card === 'flaky' && attempt < 3) throw new Error('the bank does not answer');
    if (card === 'broken') throw new Error('the bank cannot read the card');
    return `charged ${amount.toFixed(2)}`;
  }
}
