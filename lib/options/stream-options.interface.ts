import type { AtLeastOnceOptions } from './delivery-options.interface.js';

/** Options of `@OnStream`. */
export interface StreamOptions extends AtLeastOnceOptions {
  /** The consumer group. @default the module's `group` */
  readonly group?: string;
  /** Where a *new* group starts: the oldest entry, only new ones, or after an entry's id. @default '0' */
  readonly from?: '0' | '$' | (string & {});
  /** What happens when the group or the stream disappears: made anew from the oldest entry, from the end, or reading stops. @default 'recreate' */
  readonly onGroupMissing?: 'recreate' | 'recreate-from-end' | 'fail';
}
