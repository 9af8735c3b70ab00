import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Mail } from './mail.js';
import { TryAgainError, UnknownAddressError } from './mail.errors.js';

/** How often the server of a domain refuses a mail before it takes it. */
const REFUSALS: Readonly<Record<string, number>> = {
  'good.example': 0,
  // Greylisting: whoever comes again is no spammer.
  'grey.example': 2,
  // Is down for longer than the retries last.
  'down.example': 3,
  'dead.example': Infinity,
};

/** A mail that a server has taken. */
export interface SentMail {
  readonly mail: Mail;
  /** By `performance.now()`. */
  readonly at: number;
}

/** Stands for the servers of the world. */
@Injectable()
export class MailServer {
  readonly sent: SentMail[] = [];
  private readonly refused = new Map<string, number>();

  async send(mail: Mail): Promise<void> {
    await sleep(2);
    const refusals = REFUSALS[mail.to.replace(/^.*@/, '')];
    if (refusals === undefined) throw new UnknownAddressError(`550 there is no ${mail.to}`);
    const refused = this.refused.get(mail.mailId) ?? 0;
    if (refused < refusals) {
      this.refused.set(mail.mailId, refused + 1);
      throw new TryAgainError('451 try again later');
    }
    this.sent.push({ mail, at: performance.now() });
  }
}
