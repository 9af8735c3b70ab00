/** The span over which the pace is taken, in ms. */
const SPAN = 20;
/** What is held ahead of the handlers is this much of their work, in ms. */
const AHEAD = 20;
/** The most messages that are held ahead of the handlers. */
const MOST_AHEAD = 300;
/** Starts are noted one by one up to this many messages per ms. */
const ONE_BY_ONE = 4;
/** Beyond it, those of so many ms are noted together. */
const GROUPED = 4;

/** How many messages go through one handler per ms, and what follows from it. */
export class Pace {
  private spanStart = 0;
  private before = 0;
  private current = 0;

  /** So many messages have been handled. */
  count(messages: number): void {
    this.current += messages;
  }

  /** Messages per ms, lately. */
  rate(now: number): number {
    const elapsed = now - this.spanStart;
    if (elapsed < SPAN) return (this.before + this.current) / (SPAN + elapsed);
    const rate = this.current / elapsed;
    // A span in which nothing was looked at says nothing about the next one.
    this.before = elapsed < 2 * SPAN ? this.current : 0;
    this.current = 0;
    this.spanStart = now;
    return rate;
  }

  /**
   * How many messages to hold beside those that run. Slow handlers get none: what waits here could run elsewhere.
   */
  ahead(now: number): number {
    return Math.min(MOST_AHEAD, Math.floor(this.rate(now) * AHEAD));
  }

  /**
   * How many starts to note together. One, unless so many messages go through that noting each would cost more than
   * handling it.
   */
  group(now: number): number {
    const rate = this.rate(now);
    return rate < ONE_BY_ONE ? 1 : Math.floor(rate * GROUPED);
  }
}
