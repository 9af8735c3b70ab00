import { Module } from '@nestjs/common';
import { RedisFlowModule } from 'nestjs-redis-flow';
import { MailServer } from './mails/mail-server.js';
import { MailsController } from './mails/mails.controller.js';
import { redisSettings } from './redis-settings.js';
import { Returns } from './undelivered/returns.js';
import { UndeliveredController } from './undelivered/undelivered.controller.js';

@Module({
  imports: [RedisFlowModule.forRootAsync({ useFactory: () => redisSettings() })],
  controllers: [MailsController, UndeliveredController],
  providers: [MailServer, Returns],
})
export class AppModule {}
