import type { Argument, Request } from '../../connection/index.js';
import type { AckTiming } from '../../options/index.js';
import type { StreamDelivery } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';
import type { StreamLeases } from './stream.leases.js';

/**
 * Notes in Redis that handlers are started, before they are. What is read is started in the order of its ids, so for new
 * entries it is enough to say how far that has come. For any other the start is counted in its own delivery counter.
 */
export class Starts {
  private riding: (readonly Argument[])[] | undefined;

  constructor(
    private readonly group: StreamGroup,
    private readonly leases: StreamLeases,
    private readonly settings: { readonly timing: AckTiming; readonly inOrder: boolean },
    /** Called when what could not be started may be tried again. */
    private readonly retry: () => void,
  ) {}

  /** What `note` wants to be noted goes out in one write with the next read. */
  takeForRead(note: () => void): Request[] {
    this.riding = [];
    note();
    const requests = this.riding.map((args) => ({ args, done: () => undefined }));
    this.riding = undefined;
    return requests;
  }

  /** @returns false where Redis is away, or where it has to be asked first whether they are still ours. */
  note(deliveries: readonly StreamDelivery[]): boolean {
    // Who comes back asks again. What Redis has forgotten need not wait for it.
    if (this.settings.timing !== 'none' && this.group.connection.commandClient.status !== 'ready') return false;
    const now = this.leases.clock.now();
    if (!deliveries.every((delivery) => this.mayStart(delivery, now))) {
      void this.leases.renew().then(this.retry, () => undefined);
      return false;
    }
    for (const delivery of deliveries) delivery.begin();
    const { timing } = this.settings;
    if (timing === 'after' || timing === 'manual') this.write(deliveries);
    return true;
  }

  private mayStart(delivery: StreamDelivery, now: number): boolean {
    return !delivery.hasLease || this.leases.isCertain(delivery, now);
  }

  private write(deliveries: readonly StreamDelivery[]): void {
    let last: string | undefined;
    const counted = new Map<number, string[]>();
    for (const delivery of deliveries) {
      if (this.settings.inOrder && delivery.isFresh && delivery.attempt === 1) last = delivery.id;
      else if (isNoted(delivery)) {
        const ids = counted.get(delivery.attempt);
        if (ids === undefined) counted.set(delivery.attempt, [delivery.id]);
        else ids.push(delivery.id);
      }
    }
    if (last !== undefined) this.send(this.group.progressCommand(last));
    // In order with what parks an entry: a claim that comes behind that would take it back, and nobody would find it.
    for (const [attempt, ids] of counted) this.group.sendNow(this.group.startCommand(ids, attempt));
  }

  private send(command: readonly Argument[]): void {
    if (this.riding === undefined) this.group.sendNow(command);
    else this.riding.push(command);
  }
}

/** What is ours and goes to its handler. */
const isNoted = ({ hasLease, verdict }: StreamDelivery): boolean => hasLease && verdict === undefined;
