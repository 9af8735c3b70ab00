import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { DeadLetter, type Message, OnStream, RedisFlowContext } from 'nestjs-redis-flow';
import type { Order, Receipt } from '../orders/order.js';
import { Balances } from './balances.js';
import { CardRefusedError } from './bank.errors.js';
import { Bank } from './bank.js';

@Controller()
export class PaymentsController {
  constructor(
    private readonly bank: Bank,
    private readonly balances: Balances,
  ) {}

  /**
   * Eight customers at a time, the orders of one customer in order, also while one of them waits for its retry. An order
   * that comes twice is paid once: by the header `idempotency-key`.
   */
  @OnStream('orders', {
    group: 'payments',
    ack: 'once',
    concurrency: 8,
    orderBy: ({ data }: Message<Order>) => data.customer,
    retry: {
      attempts: 4,
      backoff: { type: 'exponential', delay: 20, max: 500, jitter: 0.2 },
      fatal: [CardRefusedError],
      hold: true,
    },
  })
  async charge(@Payload() order: Order, @Ctx() context: RedisFlowContext): Promise<void> {
    const { orderId, customer, cents } = order;
    if (cents <= 0) throw DeadLetter.because('nothing to pay');
    // Elsewhere: it may be asked twice, and knows by the key that it is the same.
    await this.bank.charge(order, context.idempotencyKey);
    // In Redis: applied in one script with the acknowledgement, or not at all.
    const receipt: Receipt = { orderId, customer, cents };
    context.transaction.call('INCRBY', this.balances.keyOf(customer), cents);
    context.transaction.append('receipts', receipt);
  }
}
