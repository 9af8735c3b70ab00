import type { Logger } from '@nestjs/common';
import { UnsettledMessageError, errorText } from '../errors/index.js';
import type { Report } from '../events/index.js';
import { errorDetail } from '../policies/index.js';
import type { Settlement } from '../options/index.js';
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

/** The same as an event. */
export function reportSettlement(
  report: Report,
  owner: { readonly handler: string; readonly connection: string },
  delivery: Delivery,
  settlement: Settlement,
): void {
  const { id, source } = delivery;
  // A crashed message is given up instead of being started once more.
  const isCrashed = settlement.type === 'deadLetter' && settlement.reason === 'crashed';
  const attempt = isCrashed ? delivery.attempt - 1 : delivery.attempt;
  const facts = { ...owner, source, id, attempt };
  switch (settlement.type) {
    case 'ack':
    case 'release':
      return;
    case 'retry':
      if (settlement.error instanceof UnsettledMessageError)
        report({ ...facts, type: 'unsettled', timeout: settlement.error.timeout });
      return report({ ...facts, type: 'retried', delay: settlement.delay, error: settlement.error });
    case 'deadLetter': {
      const { reason, detail, error } = settlement;
      return report({ ...facts, type: 'deadLettered', reason, detail, error });
    }
    case 'drop':
      return report({ ...facts, type: 'dropped', reason: settlement.reason, error: settlement.error });
  }
}
