import { Injectable } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OnQueue, OnStream } from 'nestjs-redis-flow';
import { Handled } from '../handled.js';
import type { Email } from './email.js';

@Injectable()
export class BothMailer {
  constructor(private readonly handled: Handled) {}

  /** One method, whichever way a job comes. */
  @OnQueue('jobs:email')
  @OnStream('emails', { group: 'mailers' })
  send(@Payload() email: Email): void {
    this.handled.note(email.to);
  }
}
