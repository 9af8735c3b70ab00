import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { RedisPublisher } from 'nestjs-redis-flow';
import { EmailDto } from './email.dto.js';

@Controller()
export class EmailsController {
  constructor(private readonly publisher: RedisPublisher) {}

  @Post('emails')
  @HttpCode(202)
  async send(@Body() email: EmailDto): Promise<{ id: string }> {
    return { id: await this.publisher.enqueue('jobs:email', email) };
  }
}
