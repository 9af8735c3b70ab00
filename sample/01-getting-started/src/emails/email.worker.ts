import { Injectable } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Attempt, DeadLetter, OnQueue } from 'nestjs-redis-flow';
import { EmailDto } from './email.dto.js';

/** A provider, not a controller: handlers work on both. */
@Injectable()
export class EmailWorker {
  /** Stands for a mail server: it is busy once for busy@…, and knows no nobody@… */
  @OnQueue('jobs:email', { retry: { attempts: 3, backoff: { type: 'fixed', delay: 200 } } })
  send(@Payload() { to }: EmailDto, @Attempt() attempt: number): string {
    if (to.startsWith('busy@') && attempt === 1) throw new Error('the mail server is busy');
    if (to.startsWith('nobody@')) throw DeadLetter.because('no such mailbox');
    return `sent to ${to}`;
  }
}
