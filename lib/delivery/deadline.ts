import { LONGEST_TIME } from '../message/index.js';

/** The end of a handler's time, which can be moved. */
export class Deadline {
  private timer: NodeJS.Timeout;
  private endsAt: number;
  private isOver = false;

  constructor(
    ms: number,
    private readonly onOver: () => void,
  ) {
    this.endsAt = performance.now() + ms;
    this.timer = setTimeout(onOver, ms);
  }

  /** It ends in `ms` at the earliest. */
  readonly move = (ms: number): void => {
    const endsAt = performance.now() + ms;
    if (this.isOver || endsAt <= this.endsAt) return;
    this.endsAt = endsAt;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onOver, Math.min(ms, LONGEST_TIME));
  };

  clear(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }
}
