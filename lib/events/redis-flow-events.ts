import { type Observable, Subject } from 'rxjs';
import type { RedisFlowEvent } from './redis-flow-event.interface.js';

/** Says what happened. It must not throw. */
export type Report = (event: RedisFlowEvent) => void;

/**
 * What happens to messages beside being handled, as it happens: retries, dead letters, losses, lost leases. Injectable
 * anywhere; one for the whole application. Events are not kept, and nobody waits for a subscriber.
 *
 * @example
 * ```ts
 * constructor(events: RedisFlowEvents) {
 *   events.events$.subscribe((event) => {
 *     if (event.type === 'deadLettered') this.pager.alert(`${event.source.key}: ${event.reason}`);
 *   });
 * }
 * ```
 */
export class RedisFlowEvents {
  /**
   * Emits each event as it happens, of all connections of the application. Hot: what happened before the subscription is
   * not given. It does not complete and does not fail. What a subscriber throws is an uncaught exception of the process.
   */
  readonly events$: Observable<RedisFlowEvent>;
  private readonly subject = new Subject<RedisFlowEvent>();

  constructor() {
    this.events$ = this.subject.asObservable();
  }

  /** @internal */
  readonly report: Report = (event) => this.subject.next(event);
}
