import type { Link } from './link.js';
import { Patience } from './patience.js';

/** How much longer than its block time a read may take before its connection is given up, in ms. */
export const GRACE = 3_000;

/** Gives a connection up when its blocking commands take too long. */
export class ReadWatch {
  /** How long those that are not answered yet may block one after the other, in ms. */
  private longest = 0;

  /** @param onSilent is called when a connection was given up. */
  constructor(private readonly onSilent: () => void) {}

  /** A command that may block for `time` ms is sent. It waits for those before it. @returns what is called at its end. */
  sent(link: Link, time: number): () => void {
    this.longest += time;
    const within = this.longest + GRACE;
    const patience = new Patience(within, () => {
      link.destroy(`no answer within ${within} ms`);
      this.onSilent();
    });
    return () => {
      patience.end();
      this.longest -= time;
    };
  }
}
