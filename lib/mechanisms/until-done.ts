import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { reconnectDelay, replyCode } from '../connection/index.js';
import { errorText } from '../errors/index.js';

/**
 * Tries until it works: nothing may be given up because Redis is away or refuses for a while. A lost connection
 * is the connection's to log; what Redis refuses is logged here, once.
 *
 * @returns undefined when `isAbandoned` before it worked.
 */
export async function untilDone<T>(
  what: string,
  action: () => Promise<T>,
  isAbandoned: () => boolean,
  logger: Logger,
): Promise<T | undefined> {
  let hasLogged = false;
  for (let attempt = 1; !isAbandoned(); attempt += 1) {
    try {
      return await action();
    } catch (error) {
      const isRefusal: boolean = replyCode(error) !== undefined;
      if (isRefusal && !hasLogged) logger.warn(`${what} failed (${errorText(error)}); trying again until it works`);
      hasLogged ||= isRefusal;
      await sleep(reconnectDelay(attempt), undefined, { ref: false });
    }
  }
  return undefined;
}
