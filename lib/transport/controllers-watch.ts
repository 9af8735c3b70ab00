import { Logger } from '@nestjs/common';
import type { ConsumerStatus } from '../mechanisms/index.js';

/** How long after the bootstrap handlers on controllers may still be on the way to be served, in ms. */
const PATIENCE = 3_000;

const NEXT = 'Call connectRedisFlow(app) and await app.startAllMicroservices()';

/**
 * Notices that handlers on controllers are not served: that Nest has not been asked to hand them over, or to start them.
 * It would be silent else.
 */
export class ControllersWatch {
  private readonly logger = new Logger('RedisFlowModule');
  private owners: readonly string[] = [];
  private areHandedOver = false;
  private areServed = false;
  private timer: NodeJS.Timeout | undefined;

  /** These stand on controllers, and are to be served. */
  expect(owners: readonly string[]): void {
    this.owners = [...new Set(owners)];
    if (this.owners.length > 0 && !this.areHandedOver) this.warn(NEXT);
  }

  /** Nest has handed over one of them. */
  handedOver(): void {
    this.areHandedOver = true;
  }

  /** Nest has started them. */
  served(): void {
    this.areServed = true;
    this.stop();
  }

  bootstrapped(): void {
    if (!this.areHandedOver || this.areServed) return;
    this.timer = setTimeout(() => this.warn('Await app.startAllMicroservices()'), PATIENCE).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** What nobody serves is not alive. What has been handed over speaks for itself. */
  statuses(): ConsumerStatus[] {
    if (this.areHandedOver) return [];
    return this.owners.map((label) => ({ label, alive: false, reason: `not served. ${NEXT}`, running: 0 }));
  }

  private warn(next: string): void {
    this.logger.warn(`Handlers on controllers are not served yet: ${this.owners.join(', ')}. ${next}`);
  }
}
