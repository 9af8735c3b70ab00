import { Injectable } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type HeaderRecord, MessageHeaders, MessageId, OnQueue, RedisPublisher } from 'nestjs-redis-flow';
import type { Email } from './email.js';

@Injectable()
export class Forwarder {
  constructor(private readonly publisher: RedisPublisher) {}

  /** A job leaves the list only when it is in the stream. Where it comes twice, it is in the stream once. */
  @OnQueue('jobs:email')
  async forward(
    @Payload() email: Email,
    @MessageId() id: string,
    @MessageHeaders() headers: HeaderRecord,
  ): Promise<void> {
    await this.publisher.append('emails', email, { headers, dedupe: id });
  }
}
