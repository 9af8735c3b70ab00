import { setTimeout as sleep } from 'node:timers/promises';

/** Stands for the work at one instance, and knows what came to it. */
export class Clerk {
  /** How often this instance was asked for a stock. */
  asked = 0;
  /** Stocktakings that were left off because nobody waited any more. */
  leftOff = 0;

  constructor(readonly instance: string) {}

  /** Resolves with how many pieces are on a shelf. */
  async count(shelf: number): Promise<number> {
    await sleep(10);
    return shelf % 4;
  }
}
