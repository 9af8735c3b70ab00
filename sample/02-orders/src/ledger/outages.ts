import { Injectable } from '@nestjs/common';
import { chance } from '../chance.js';
import type { Receipt } from '../orders/order.js';

/** Whether something fails when a receipt is booked for the first time. The same at every run. */
export const failsAfterCommit = ({ orderId }: Pick<Receipt, 'orderId'>): boolean => chance(`${orderId} booked`) < 0.1;

/** Stands for what can happen between a commit and the acknowledgement: the message comes again, and its work is done. */
@Injectable()
export class Outages {
  /** @throws at some first attempts. */
  afterCommit(receipt: Receipt, attempt: number): void {
    if (attempt === 1 && failsAfterCommit(receipt)) throw new Error('lost the way back after the commit');
  }
}
