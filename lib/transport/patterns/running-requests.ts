import { TransientMap, TransientSet } from '../../collections/index.js';
import type { LazyAbort } from '../../delivery/index.js';
import { RequestCancelledError } from '../../errors/index.js';

/** How many cancellations are remembered of requests that have not come here; each instance hears of all. */
const REMEMBERED = 10_000;

/** The requests of a pattern that run here, and those that were cancelled before they did. */
export class RunningRequests {
  private readonly running = new TransientMap<string, LazyAbort>();
  private readonly cancelled = new TransientSet<string>();

  constructor(private readonly pattern: string) {}

  /** @returns false where it is cancelled already. */
  begin(id: string, abort: LazyAbort): boolean {
    if (this.cancelled.delete(id)) return false;
    this.running.set(id, abort);
    return true;
  }

  end(id: string): void {
    this.running.delete(id);
  }

  readonly cancel = (id: string): void => {
    const abort = this.running.get(id);
    if (abort !== undefined) {
      abort.abort(new RequestCancelledError(this.pattern, 'its caller has unsubscribed'));
      return;
    }
    this.cancelled.add(id);
    const [oldest] = this.cancelled;
    if (this.cancelled.size > REMEMBERED && oldest !== undefined) this.cancelled.delete(oldest);
  };
}
