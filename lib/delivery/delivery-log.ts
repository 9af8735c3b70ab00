import type { Logger } from '@nestjs/common';
import { errorText } from '../errors/index.js';
import { type Settlement, errorDetail } from '../policies/index.js';
import type { Delivery } from './delivery.interface.js';

const inBrackets = (text: string | undefined): string => (text === undefined ? '' : ` (${text})`);

function describe(error: unknown): string {
  const detail = errorDetail(error);
  return detail === undefined ? errorText(error) : `${errorText(error)}: ${detail}`;
}

const errorOf = ({ error }: { readonly error?: unknown }): string | undefined =>
  error === undefined ? undefined : describe(error);

/** One line for each message that was not simply handled. Nest's own filters log the stack. */
export function logSettlement(logger: Logger, owner: string, delivery: Delivery, settlement: Settlement): void {
  if (settlement.type === 'ack' || settlement.type === 'release') return;
  const { mechanism, key } = delivery.source;
  const what = `${owner}: message ${delivery.id} of ${mechanism} "${key}", attempt ${delivery.attempt},`;
  switch (settlement.type) {
    case 'retry': {
      // Undefined can be thrown, too.
      const why = 'error' in settlement ? `failed (${describe(settlement.error)})` : 'asked for a retry';
      return logger.warn(`${what} ${why}; again in ${settlement.delay} ms`);
    }
    case 'deadLetter': {
      const why = inBrackets(settlement.detail ?? errorOf(settlement));
      return logger.error(`${what} is given up as ${settlement.reason}${why}`);
    }
    case 'drop':
      return logger.warn(`${what} is dropped: ${settlement.reason}${inBrackets(errorOf(settlement))}`);
  }
}
