import type { Logger } from '@nestjs/common';
import { errorText } from '../errors/index.js';
import type { Settlement } from '../policies/index.js';
import type { Delivery } from './delivery.interface.js';

const inBrackets = (text: string | undefined): string => (text === undefined ? '' : ` (${text})`);

const errorOf = ({ error }: { readonly error?: unknown }): string | undefined =>
  error === undefined ? undefined : errorText(error);

/** One line for each message that was not simply handled. Nest's own filters log the stack. */
export function logSettlement(logger: Logger, owner: string, delivery: Delivery, settlement: Settlement): void {
  if (settlement.type === 'ack' || settlement.type === 'release') return;
  const { mechanism, key } = delivery.source;
  const what = `${owner}: message ${delivery.id} of ${mechanism} "${key}", attempt ${delivery.attempt},`;
  switch (settlement.type) {
    case 'retry': {
      const why = settlement.error === undefined ? 'asked for a retry' : `failed${inBrackets(errorOf(settlement))}`;
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
