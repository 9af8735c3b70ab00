import { Injectable } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OnQueue, type RedisPublisher } from 'nestjs-redis-flow';
import { Handled } from '../handled.js';
import type { Email } from './email.js';

@Injectable()
export class QueueMailer {
  constructor(private readonly handled: Handled) {}

  @OnQueue('jobs:email')
  send(@Payload() email: Email): void {
    this.handled.note(email.to);
  }
}

export async function enqueueEmail(publisher: RedisPublisher, email: Email): Promise<void> {
  await publisher.enqueue('jobs:email', email);
}
