interface Waiting {
  readonly id: string;
  readonly done: () => void;
}

/** Collects the acks of one tick and sends them in one command. `send` must not reject. */
export class AckBatch {
  private waiting: Waiting[] = [];

  constructor(private readonly send: (ids: readonly string[]) => Promise<void>) {}

  /** Resolves when Redis has acknowledged the entry. */
  add(id: string): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ id, done });
      if (this.waiting.length === 1) setImmediate(() => void this.flush());
    });
  }

  private async flush(): Promise<void> {
    const { waiting } = this;
    this.waiting = [];
    await this.send(waiting.map(({ id }) => id));
    for (const { done } of waiting) done();
  }
}
