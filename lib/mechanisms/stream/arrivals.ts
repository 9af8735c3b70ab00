import type { BlockingClient, Entry } from '../../connection/index.js';
import type { Admission } from '../held/admission.js';
import type { Claimed } from './claims.js';
import { StreamDelivery, type StreamHome } from './stream-delivery.js';
import type { RunScript } from './stream-once.js';
import type { StreamGroup } from './stream.group.js';

/** Where what was taken in goes to. */
interface Line {
  addFirst(items: readonly StreamDelivery[]): void;
  addLater(count: number, items: Promise<readonly StreamDelivery[]>): Promise<void>;
}

/** Makes deliveries of the entries that arrive, whichever way. */
export class Arrivals {
  private refusal: { readonly error: unknown } | undefined;

  constructor(
    private readonly home: StreamHome,
    private readonly group: StreamGroup,
    private readonly admission: Admission<StreamDelivery, [run: RunScript]>,
    private readonly line: Line,
    /** Whether Redis forgets what it hands out. */
    private readonly isForgetful: boolean,
  ) {}

  /** @returns what may be started now. What Redis is asked about first comes to the line by itself. */
  read(entries: readonly Entry[], since: number, client: BlockingClient): readonly StreamDelivery[] {
    const { isForgetful } = this;
    const deliveries = entries.map((entry) => new StreamDelivery(this.home, entry, 0, false, since, true, isForgetful));
    this.admission.hold(deliveries);
    if (!this.admission.asks) return deliveries;
    this.begin(deliveries, client);
    return [];
  }

  async claim(claimed: readonly Claimed[], since: number): Promise<void> {
    const deliveries = claimed.map(
      ({ entry, attempts, isSuspect }) =>
        new StreamDelivery(this.home, entry, attempts, isSuspect, since, false, false),
    );
    this.admission.hold(deliveries);
    this.line.addFirst(await this.admission.begin(deliveries, (...script) => this.group.run(...script)));
  }

  /** What was read could not be taken in. It is met as a read that has failed. */
  throwRefusal(): void {
    const { refusal } = this;
    this.refusal = undefined;
    if (refusal !== undefined) throw refusal.error;
  }

  /** Asks Redis whose turn it is. The next read is on its way meanwhile. */
  private begin(deliveries: readonly StreamDelivery[], client: BlockingClient): void {
    const begun = this.admission.begin(deliveries, (...script) => this.group.runOver(client, ...script));
    begun.catch((error: unknown) => {
      this.refusal = { error };
      void client.wake();
    });
    void this.line.addLater(deliveries.length, begun);
  }
}
