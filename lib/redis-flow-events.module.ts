import { Global, Module } from '@nestjs/common';
import { RedisFlowEvents } from './events/index.js';

/** The events of all connections: a module of its own, so that an application has it once, and everywhere. */
@Global()
@Module({ providers: [RedisFlowEvents], exports: [RedisFlowEvents] })
export class RedisFlowEventsModule {}
