import { Module } from '@nestjs/common';
import { RedisFlowModule } from 'nestjs-redis-flow';
import { Database } from './ledger/database.js';
import { Inbox } from './ledger/inbox.js';
import { LedgerController } from './ledger/ledger.controller.js';
import { Outages } from './ledger/outages.js';
import { Balances } from './payments/balances.js';
import { Bank } from './payments/bank.js';
import { PaymentsController } from './payments/payments.controller.js';
import { redisSettings } from './redis-settings.js';

@Module({
  imports: [RedisFlowModule.forRootAsync({ useFactory: () => redisSettings() })],
  controllers: [PaymentsController, LedgerController],
  providers: [Balances, Bank, Database, Inbox, Outages],
})
export class AppModule {}
