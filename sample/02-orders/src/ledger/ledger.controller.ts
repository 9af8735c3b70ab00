import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OnStream, RedisFlowContext } from 'nestjs-redis-flow';
import type { Receipt } from '../orders/order.js';
import { Inbox } from './inbox.js';
import { Outages } from './outages.js';

const BOOK = `
  INSERT INTO accounts (customer, cents) VALUES ($1, $2)
  ON CONFLICT (customer) DO UPDATE SET cents = accounts.cents + excluded.cents
`;

@Controller()
export class LedgerController {
  constructor(
    private readonly inbox: Inbox,
    private readonly outages: Outages,
  ) {}

  /** At least once, as every handler; and by the inbox exactly once in the database. */
  @OnStream('receipts', { group: 'ledger', concurrency: 4, retry: { backoff: { type: 'fixed', delay: 20 } } })
  async book(@Payload() receipt: Receipt, @Ctx() context: RedisFlowContext): Promise<void> {
    const { customer, cents } = receipt;
    await this.inbox.once(context.idempotencyKey, async (queries) => {
      await queries.query(BOOK, [customer, cents]);
    });
    this.outages.afterCommit(receipt, context.attempt);
  }
}
