import { Logger } from '@nestjs/common';
import type { Report } from '../../events/index.js';

/** A full queue is trimmed with each job that comes: a line for each would flood the log. In ms. */
const LOG_EVERY = 10_000;

/** Says how many jobs were trimmed from queues that `maxLength` keeps short: each time as an event, now and then in the log. */
export class TrimNews {
  private readonly logger = new Logger('RedisFlowPublisher');
  /** By queue, since the last line. */
  private untold = new Map<string, number>();
  private lastLog = -Infinity;

  constructor(
    private readonly connection: string,
    private readonly report: Report,
  ) {}

  trimmed(queue: string, count: number, maxLength: number): void {
    this.report({ type: 'trimmed', connection: this.connection, key: queue, count, maxLength });
    this.untold.set(queue, (this.untold.get(queue) ?? 0) + count);
    if (performance.now() - this.lastLog < LOG_EVERY) return;
    const total = [...this.untold.values()].reduce((sum, each) => sum + each, 0);
    const others = this.untold.size === 1 ? '' : ` and ${this.untold.size - 1} others`;
    this.logger.warn(`queue "${queue}"${others}: more jobs than maxLength allows; trimmed unhandled: ${total}`);
    this.untold = new Map();
    this.lastLog = performance.now();
  }
}
