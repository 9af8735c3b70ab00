/** How often drops are told of at most, in ms. */
const EVERY = 1_000;

/** Counts what a full buffer drops, and tells of it once a second while it goes on: the counts add up to all of it. */
export class OverflowCount {
  private dropped = 0;
  private timer: NodeJS.Timeout | undefined;
  private goesOn = false;

  /** @param tell told how many since the last time, and whether there were none in the second before. */
  constructor(private readonly tell: (dropped: number, isNew: boolean) => void) {}

  add(): void {
    this.dropped += 1;
    this.timer ??= setTimeout(this.flush, EVERY).unref();
  }

  /** Tells what there is left to tell. */
  end(): void {
    clearTimeout(this.timer);
    if (this.dropped > 0) this.flush();
    clearTimeout(this.timer);
  }

  private readonly flush = (): void => {
    const { dropped } = this;
    this.dropped = 0;
    this.timer = undefined;
    if (dropped > 0) this.tell(dropped, !this.goesOn);
    this.goesOn = dropped > 0;
    // One more turn, to notice that it is over.
    if (this.goesOn) this.timer = setTimeout(this.flush, EVERY).unref();
  };
}
