import { Controller, Logger } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { OnQueue, OnStream, RedisFlowContext } from 'nestjs-redis-flow';

@Controller()
export class AuditController {
  private readonly logger = new Logger(AuditController.name);

  @OnStream(['orders', 'returns'], { group: 'audit' })
  @OnQueue('jobs:audit')
  audit(@Payload() data: unknown, @Ctx() context: RedisFlowContext): void {
    this.logger.log({ from: context.source.key, data });
  }
}
