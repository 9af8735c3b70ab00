import type { Logger } from '@nestjs/common';
import { replyCode } from '../../connection/index.js';
import { untilDone } from '../until-done.js';
import { FINISH } from './once.scripts.js';
import type { OnceMark, StreamDelivery } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';
import type { StreamLeases } from './stream.leases.js';
import { within } from '../within.js';

/** The most entries that one script finishes. */
const CHUNK = 500;

/** Collects what `'once'` has to mark as done and to acknowledge, and sends what has come together in one script. */
export class Finishes {
  private waiting: StreamDelivery[] = [];
  private sending: Promise<void> | undefined;

  constructor(
    private readonly group: StreamGroup,
    private readonly settings: {
      readonly window: number;
      readonly leases: StreamLeases;
    },
    private readonly isAbandoned: () => boolean,
    private readonly logger: Logger,
    private readonly onLost: (delivery: StreamDelivery) => void,
  ) {}

  add(delivery: StreamDelivery): void {
    this.waiting.push(delivery);
    this.sending ??= this.sendAll();
  }

  has(id: string): boolean {
    return this.waiting.some((delivery) => delivery.id === id);
  }

  /** Resolves when Redis has all of them, or after `timeout` ms. */
  async whenFlushed(timeout: number): Promise<void> {
    await within(this.sending ?? Promise.resolve(), timeout);
  }

  private async sendAll(): Promise<void> {
    // What ends in this tick goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const chunk = this.waiting.slice(0, CHUNK);
      await this.send(chunk);
      this.waiting = this.waiting.slice(chunk.length);
    }
    // Now and not a turn later, when something may have come that nobody would send.
    this.sending = undefined;
  }

  private async send(chunk: readonly StreamDelivery[]): Promise<void> {
    const marks = chunk.map(({ once }) => (once as OnceMark).mark);
    const words = chunk.flatMap(({ id, once }) => [id, (once as OnceMark).key, (once as OnceMark).hash]);
    const { window, leases } = this.settings;
    const { progress } = this.group.keys;
    const now = leases.clock.now();
    const isCertain = chunk.every((delivery) => leases.isCertain(delivery, now));
    let tries = 0;
    const send = async (): Promise<unknown> => {
      tries += 1;
      try {
        const fence = isCertain && tries === 1 ? 1 : 0;
        const lost = await this.group.run(FINISH, [progress, ...marks], [window, fence, ...words]);
        // When the first reply was lost, what is not ours any more may have been finished by us.
        return tries === 1 ? lost : [];
      } catch (error) {
        if (replyCode(error) === 'NOGROUP') return [];
        throw error;
      }
    };
    const what = `finishing ${chunk.length} entries of ${this.group.key}`;
    const reply = (await untilDone(what, send, this.isAbandoned, this.logger)) as Buffer[] | undefined;
    const lost = new Set(reply?.map(String));
    for (const delivery of chunk) if (lost.has(delivery.id)) this.onLost(delivery);
  }
}
