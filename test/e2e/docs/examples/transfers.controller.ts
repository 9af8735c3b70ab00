import { Controller, Injectable } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type HandlerFailure, OnStream, type RetryDecision, type RetryPolicy } from 'nestjs-redis-flow';

/** Money from one account to another. */
export interface Transfer {
  readonly from: string;
  readonly to: string;
}

/** Knows when banks are open. */
export abstract class Calendar {
  abstract msUntilOpen(): number;
}

/** Carries transfers out. */
export abstract class Bank {
  abstract transfer(transfer: Transfer): Promise<void>;
}

@Injectable()
export class BankHours implements RetryPolicy {
  constructor(private readonly calendar: Calendar) {}

  decide({ attempt }: HandlerFailure): RetryDecision {
    if (attempt >= 10) return { deadLetter: 'ten banking days' };
    return { retryAfter: this.calendar.msUntilOpen() };
  }
}

@Controller()
export class TransfersController {
  constructor(private readonly bank: Bank) {}

  @OnStream('transfers', { group: 'bank', retry: BankHours })
  async transfer(@Payload() transfer: Transfer): Promise<void> {
    await this.bank.transfer(transfer);
  }
}
