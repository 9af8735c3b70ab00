import { type ContextHost, RedisFlowContext } from '../../delivery/index.js';
import type { Message } from '../../message/index.js';
import type { Answer } from './answer.js';

/** What a stock handler gets with `@Ctx()`: it also answers what Nest's `RedisContext` does. */
export class PatternContext extends RedisFlowContext {
  constructor(
    message: Message,
    host: ContextHost,
    /** Undefined for an event: nobody waits for an answer. */
    readonly answer?: Answer,
  ) {
    super(message, host);
  }

  /** The normalised pattern. */
  getChannel(): string {
    return this.getPattern();
  }
}
