import type { HeaderRecord, StreamEntryFormat } from '../message/index.js';

/** Options of `context.transaction.append`. */
export interface TransactionAppendOptions {
  /** Facts beside the data, in the entry's `$headers` field. @default none */
  readonly headers?: HeaderRecord;
  /** The entry's id, higher than any before; else the transaction is refused. @default made by Redis' clock */
  readonly id?: string;
  /**
   * The newest entries that stay, to the entry; older ones are deleted, handled or not, and do not come back. @default all
   * stay
   */
  readonly maxLength?: number;
  /** `'envelope'`: `$data` and `$headers`. `'fields'`: the object's own fields. @default 'envelope' */
  readonly format?: StreamEntryFormat;
}

/** Options of `context.transaction.enqueue`. */
export interface TransactionEnqueueOptions {
  /** Facts beside the data, in the item's prefix. @default none */
  readonly headers?: HeaderRecord;
  /** Taken next, before all that wait. @default false */
  readonly front?: boolean;
}

/** Options of `context.transaction.publish`. */
export interface TransactionPublishOptions {
  /** Facts beside the data. They turn the message into `{"$data":…,"$headers":{…}}`. @default none */
  readonly headers?: HeaderRecord;
}

/**
 * Redis writes that happen together with the acknowledgement, or not at all.
 *
 * What is called here is collected. When the handler has completed, all of it is applied in one script with the
 * acknowledgement (and the done-mark of `'once'`), behind the check that the message still belongs to this consumer.
 * When the handler fails, when its message was taken over, or when Redis refuses one of the writes, none of it happens;
 * the last is a failure of the attempt, `TransactionFailedError`.
 *
 * Without `await`: nothing is sent before the end, and so nothing is returned. In a Cluster every key must be in the slot
 * of the message's stream.
 *
 * @example
 * ```ts
 * context.transaction.call('INCRBY', `balance:{${order.customerId}}`, order.amount);
 * context.transaction.append('receipts', { order: order.id });
 * ```
 */
export interface Transaction {
  /**
   * Appends an entry to a stream.
   *
   * @param stream its name, without the module's `keyPrefix`.
   * @throws UnencodableMessageError at once, where the codec cannot represent `data` or `headers`.
   */
  append(stream: string, data: unknown, options?: TransactionAppendOptions): void;
  /**
   * Puts a job into a queue.
   *
   * @param queue its name, without the module's `keyPrefix`.
   * @throws UnencodableMessageError at once, where the codec cannot represent `data` or `headers`.
   */
  enqueue(queue: string, data: unknown, options?: TransactionEnqueueOptions): void;
  /**
   * Publishes a message on a channel. It goes out after all other writes, as it cannot be taken back. Where Redis forbids
   * its user to publish there, the transaction is refused.
   *
   * @param channel its name, without the module's `keyPrefix`.
   * @throws UnencodableMessageError at once, where the codec cannot represent `data` or `headers`.
   */
  publish(channel: string, data: unknown, options?: TransactionPublishOptions): void;
  /** Any write command, as it goes to Redis: the module's `keyPrefix` is not put in front of its keys. */
  call(command: string, ...args: (string | number | Buffer)[]): void;
}
