import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/** The longest that is waited for a message, in ms. */
const WAIT = 15_000;

/** What handlers have handled, over all steps of a walk. */
@Injectable()
export class Handled {
  readonly all: string[] = [];

  note(what: string): void {
    this.all.push(what);
  }

  /** Resolves when this has been handled, so many times. @throws when that takes too long. */
  async until(what: string, times = 1): Promise<void> {
    const until = Date.now() + WAIT;
    while (this.all.filter((each) => each === what).length < times) {
      if (Date.now() > until) throw new Error(`"${what}" was not handled; these were: ${this.all.join(', ')}`);
      await sleep(5);
    }
  }
}
