/** Waits for an answer, and gives up after `ms`. */
export class Patience {
  private readonly timer: NodeJS.Timeout;
  private look: NodeJS.Immediate | undefined;

  constructor(ms: number, giveUp: () => void) {
    // A process that was held up has not looked yet at an answer that has come: it does so in this turn.
    this.timer = setTimeout(() => (this.look = setImmediate(giveUp)), ms);
  }

  /** It waits for another, as long again. */
  renew(): void {
    clearImmediate(this.look);
    this.timer.refresh();
  }

  /** It need not wait any longer. */
  end(): void {
    clearImmediate(this.look);
    clearTimeout(this.timer);
  }
}

/**
 * Rejects where there is no answer within `ms`. It may still come, and is not waited for.
 *
 * @param late says what is rejected with.
 */
export async function inTime<T>(answer: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let patience: Patience | undefined;
  const isLate = new Promise<never>((_, reject) => (patience = new Patience(ms, () => reject(late()))));
  try {
    return await Promise.race([answer, isLate]);
  } finally {
    patience?.end();
  }
}
