import type { Message, Source } from '../message/index.js';

/** What deciding needs of a delivery whose handler has ended. */
export interface SettledDelivery {
  /** Undefined where it cannot be decoded. */
  readonly message: Message | undefined;
  /** How many times the handler was started, the last one included. */
  readonly attempt: number;
  readonly source: Source;
}
