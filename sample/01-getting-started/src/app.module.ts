import { Module, ValidationPipe } from '@nestjs/common';
import { APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { RedisFlowModule } from 'nestjs-redis-flow';
import { RedisFlowHealthIndicator } from 'nestjs-redis-flow/terminus';
import { EmailWorker } from './emails/email.worker.js';
import { EmailsController } from './emails/emails.controller.js';
import { HealthController } from './health/health.controller.js';
import { JournalController } from './journal/journal.controller.js';
import { JournalInterceptor } from './journal/journal.interceptor.js';
import { Journal } from './journal/journal.js';
import { NotificationsController } from './notifications/notifications.controller.js';
import { Bank } from './orders/bank.js';
import { OrdersController } from './orders/orders.controller.js';
import { redisSettings } from './redis-settings.js';

@Module({
  imports: [
    RedisFlowModule.forRootAsync({ useFactory: () => ({ ...redisSettings(), group: 'getting-started' }) }),
    TerminusModule,
  ],
  controllers: [OrdersController, EmailsController, NotificationsController, HealthController, JournalController],
  providers: [
    Bank,
    EmailWorker,
    Journal,
    RedisFlowHealthIndicator,
    // Pipes and interceptors of the application work for HTTP requests and for messages alike.
    { provide: APP_PIPE, useFactory: () => new ValidationPipe({ transform: true, whitelist: true }) },
    { provide: APP_INTERCEPTOR, useClass: JournalInterceptor },
  ],
})
export class AppModule {}
