import { nodesOf, socketOf } from './client-inside.js';
import type { RedisClient } from './client-inside.js';

/**
 * Joins what a client writes in one turn of the event loop into one write: a write costs more than a command. Does
 * nothing for a client whose sockets cannot be seen.
 */
export class WriteGathering {
  private isOn = false;
  private end: () => void = () => undefined;

  constructor(private readonly client: RedisClient) {}

  /** What is written from now on goes out together, when what has come in has been looked at. */
  begin(): void {
    if (this.isOn) return;
    this.isOn = true;
    const sockets = nodesOf(this.client).flatMap((node) => socketOf(node) ?? []);
    for (const socket of sockets) socket.cork();
    // process.nextTick would come before the commands of who awaits the client first.
    this.end = () => {
      this.isOn = false;
      for (const socket of sockets) socket.uncork();
    };
    setImmediate(this.flush);
  }

  /** What has been written goes out now. */
  readonly flush = (): void => {
    if (this.isOn) this.end();
  };
}
