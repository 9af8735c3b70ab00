import type { Bagged } from '../../collections/index.js';

/**
 * What was acknowledged in one command that Redis has not answered yet. It is kept in a bag, as in the tables that a `Set`
 * leaves behind (see `TransientMap`) whole commands full of messages would live on.
 */
export class SentAcks<T> implements Bagged {
  bagPlace = -1;

  constructor(readonly deliveries: readonly T[]) {}
}
