import { replyCode } from '../../connection/index.js';
import { errorText } from '../../errors/index.js';

/** Looks after what a consumer holds, again and again, and keeps why Redis does not let it. */
export class Heartbeat {
  /** Why it fails at the moment: what Redis answers. That Redis is away is the connection's to say. */
  trouble: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tend: () => Promise<void>,
    private readonly explain: (failure: unknown) => Promise<unknown>,
  ) {}

  /** Every so many ms. */
  start(every: number): void {
    this.timer ??= setInterval(() => void this.beat(), every);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async beat(): Promise<void> {
    try {
      await this.tend();
      this.trouble = undefined;
    } catch (error) {
      if (replyCode(error) === undefined) return;
      const told = await this.explain(error).catch(() => error);
      this.trouble = `what is held cannot be looked after (${errorText(told)})`;
    }
  }
}
