/**
 * Thrown or returned by a handler of batches: these messages have failed, the others are done. Each failed one goes its own
 * way: retried, then dead-lettered.
 *
 * @example
 * ```ts
 * @OnStream('events', { batch: { size: 100 } })
 * async store(@Payload() events: Event[]) {
 *   const { rejected } = await this.warehouse.insert(events);
 *   if (rejected.length > 0) throw new BatchFailure(rejected.map(({ row }) => row));
 * }
 * ```
 */
export class BatchFailure extends Error {
  /** Indexes in the batch, from 0, or ids of messages. */
  readonly failed: readonly (number | string)[];

  /**
   * @param failed indexes in the batch, from 0, or ids of messages. Nothing is checked here: one that the batch does not
   * have is passed over.
   * @param cause what each of them failed with. @default this error
   */
  constructor(failed: readonly (number | string)[], cause?: unknown) {
    super(`${failed.length} of the batch failed`, cause === undefined ? undefined : { cause });
    this.name = 'BatchFailure';
    this.failed = failed;
  }
}
