/** How long acks wait for the next read to take them along, in ms. */
const WAIT = 4;

/** Acks that wait to be sent together: with the next read where one is near, else at the end of the tick. */
export class WaitingAcks<T> {
  /** Whether the next read is near: acks may wait for it. */
  isReadNear = false;
  private deliveries: T[] = [];
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private isScheduled = false;

  /** @param onDue is called when they are to wait no longer. */
  constructor(private readonly onDue: () => void) {}

  get all(): readonly T[] {
    return this.deliveries;
  }

  add(delivery: T): void {
    this.deliveries.push(delivery);
    if (this.isScheduled) return;
    this.isScheduled = true;
    // A timer is cheap, as there is one for all that come meanwhile; an immediate comes sooner.
    if (this.isReadNear) this.timer = setTimeout(this.onDue, WAIT);
    else this.immediate = setImmediate(this.onDue);
  }

  /** Takes all out. */
  take(): T[] {
    const { deliveries } = this;
    if (deliveries.length === 0) return deliveries;
    this.deliveries = [];
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
    this.isScheduled = false;
    return deliveries;
  }
}
