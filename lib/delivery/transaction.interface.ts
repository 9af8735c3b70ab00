import type { HeaderRecord, StreamEntryFormat } from '../message/index.js';

/** Options of `context.transaction.append`. */
export interface TransactionAppendOptions {
  readonly headers?: HeaderRecord;
  readonly id?: string;
  readonly maxLength?: number;
  readonly format?: StreamEntryFormat;
}

/** Options of `context.transaction.enqueue`. */
export interface TransactionEnqueueOptions {
  readonly headers?: HeaderRecord;
  readonly front?: boolean;
}

/** Options of `context.transaction.publish`. */
export interface TransactionPublishOptions {
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
  append(stream: string, data: unknown, options?: TransactionAppendOptions): void;
  enqueue(queue: string, data: unknown, options?: TransactionEnqueueOptions): void;
  publish(channel: string, data: unknown, options?: TransactionPublishOptions): void;
  /** Any write command, as it goes to Redis: the module's `keyPrefix` is not put in front of its keys. */
  call(command: string, ...args: (string | number | Buffer)[]): void;
}
