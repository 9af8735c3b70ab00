import { Module, ValidationPipe } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { RedisFlowModule } from 'nestjs-redis-flow';
import { NotesController } from './notes/notes.controller.js';
import { PageController } from './page/page.controller.js';
import { redisSettings } from './redis-settings.js';

@Module({
  imports: [RedisFlowModule.forRootAsync({ useFactory: redisSettings })],
  controllers: [NotesController, PageController],
  providers: [{ provide: APP_PIPE, useFactory: () => new ValidationPipe({ whitelist: true }) }],
})
export class AppModule {}
