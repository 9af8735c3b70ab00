import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DeadLetter, OnQueue } from 'nestjs-redis-flow';
import type { Mail } from './mail.js';
import { UnknownAddressError } from './mail.errors.js';
import { MailServer } from './mail-server.js';

@Controller()
export class MailsController {
  constructor(private readonly server: MailServer) {}

  /** Returning is sent. Throwing is tried again, three times in all; what no retry can mend is not tried again. */
  @OnQueue('mails', {
    concurrency: 4,
    retry: {
      attempts: 3,
      backoff: { type: 'exponential', delay: 20, max: 500, jitter: 0.2 },
      fatal: [UnknownAddressError],
    },
  })
  async send(@Payload() mail: Mail): Promise<void> {
    if (mail.subject.includes('WIN NOW')) throw DeadLetter.because('it looks like spam');
    await this.server.send(mail);
  }
}
