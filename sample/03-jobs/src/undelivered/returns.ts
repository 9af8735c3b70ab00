import { Injectable } from '@nestjs/common';
import type { Mail } from '../mails/mail.js';

/** A mail that goes back to whoever wrote it. */
export interface Return {
  readonly mail: Mail;
  readonly why: string;
}

/** Stands for telling the writers. */
@Injectable()
export class Returns {
  readonly all: Return[] = [];

  add(mail: Mail, why: string): void {
    this.all.push({ mail, why });
  }
}
