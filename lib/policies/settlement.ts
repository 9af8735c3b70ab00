import type { Outcome } from '../options/outcome.interface.js';
import type { Settlement } from '../options/settlement.interface.js';

/** The settlement of a message that was handled. */
export const ACK: Settlement = Object.freeze({ type: 'ack' });

/** The settlement of a message that was taken and not started. */
export const RELEASE: Settlement = Object.freeze({ type: 'release' });

/** The settlement of a message whose process died and that may be handled again: it has waited for its lease already. */
export const START_NOW: Settlement = Object.freeze({ type: 'retry', delay: 0 });

/** The outcome of a handler that finished. */
export const COMPLETED: Outcome = Object.freeze({ type: 'completed' });
