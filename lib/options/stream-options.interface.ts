import type { AtLeastOnceOptions } from './delivery-options.interface.js';

/** Where reading starts: the oldest entry, only new ones, after an entry's id, or where a reader's checkpoint stands. */
export type StreamStart = '0' | '$' | (string & {}) | { readonly checkpoint: string };

/**
 * What is deleted from the stream, besides what publishers trim: `'acked'`: what every group and every reader with a
 * checkpoint has finished; or all but the newest entries, or all entries older than `maxAge` ms, handled or not.
 */
export type StreamRetention = 'acked' | { readonly maxLength: number } | { readonly maxAge: number };

/** Reads without a group: every instance sees every entry. */
export interface ReaderOptions {
  /** Where reading starts, when there is no checkpoint yet. @default '$' */
  readonly from?: '0' | '$' | (string & {});
  /**
   * The name under which the last finished entry is kept in Redis, so that reading goes on there after a restart. Each
   * instance that is to see every entry needs a name of its own. @default none: at most once, from `from` at each start
   */
  readonly checkpoint?: string;
}

interface StreamOptionsBase extends AtLeastOnceOptions {
  /** What is deleted from the stream. @default nothing */
  readonly retention?: StreamRetention;
}

interface GroupStreamOptions extends StreamOptionsBase {
  /** The consumer group. @default the module's `group` */
  readonly group?: string;
  /** Where a *new* group starts. `{ checkpoint: name }`: where that reader stopped. @default '0' */
  readonly from?: StreamStart;
  /** What happens when the group or the stream disappears: made anew from the oldest entry, from the end, or reading stops. @default 'recreate' */
  readonly onGroupMissing?: 'recreate' | 'recreate-from-end' | 'fail';
  readonly reader?: never;
}

interface ReaderStreamOptions extends StreamOptionsBase {
  /** Reads without a group: every instance sees every entry. A reader has nothing to acknowledge. */
  readonly reader: ReaderOptions;
  readonly group?: never;
  readonly from?: never;
  readonly onGroupMissing?: never;
  readonly ack?: never;
  readonly lease?: never;
}

/** Options of `@OnStream`. */
export type StreamOptions = GroupStreamOptions | ReaderStreamOptions;
