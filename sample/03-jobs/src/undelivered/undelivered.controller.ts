import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DEAD_LETTER_HEADERS, MessageHeaders, OnQueue, RedisPublisher } from 'nestjs-redis-flow';
import type { Mail } from '../mails/mail.js';
import { Returns } from './returns.js';

/** How long a server that was down gets, in ms. In earnest this would be hours. */
export const SECOND_TRY_AFTER = 300;

@Controller()
export class UndeliveredController {
  constructor(
    private readonly publisher: RedisPublisher,
    private readonly returns: Returns,
  ) {}

  /** The dead letters of a queue are a queue. Their headers say why they are there. */
  @OnQueue('mails:dlq')
  async route(
    @Payload() mail: Mail,
    @MessageHeaders(DEAD_LETTER_HEADERS.reason) reason: string,
    @MessageHeaders('second-try') isSecondTry?: string,
  ): Promise<void> {
    if (reason === 'exhausted' && isSecondTry === undefined) {
      const headers = { 'second-try': 'yes' };
      await this.publisher.enqueue('mails', mail, { delay: SECOND_TRY_AFTER, headers });
      return;
    }
    this.returns.add(mail, reason);
  }
}
