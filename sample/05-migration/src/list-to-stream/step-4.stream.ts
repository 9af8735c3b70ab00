import { Injectable } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OnStream } from 'nestjs-redis-flow';
import { Handled } from '../handled.js';
import type { Email } from './email.js';

@Injectable()
export class StreamMailer {
  constructor(private readonly handled: Handled) {}

  @OnStream('emails', { group: 'mailers' })
  send(@Payload() email: Email): void {
    this.handled.note(email.to);
  }
}
