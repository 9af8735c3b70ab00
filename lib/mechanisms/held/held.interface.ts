import type { Delivery } from '../../delivery/index.js';
import type { Waiting } from './waiting.interface.js';

/** A message that a consumer holds, from its arrival to its end in this process, over all its attempts here. */
export interface Held extends Delivery, Waiting {
  /** It belongs to somebody else: it is neither started nor settled any more. */
  readonly isLost: boolean;
}
