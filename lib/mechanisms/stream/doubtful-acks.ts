import type { Logger } from '@nestjs/common';
import { replyCode } from '../../connection/index.js';
import { chunksOf } from '../chunks.js';
import type { AckNews } from '../held/held-news.js';
import { untilDone } from '../until-done.js';
import type { AckForm } from './ack-forms.js';
import type { StreamDelivery } from './stream-delivery.js';

/** Redis' answers that say that there is nothing left to acknowledge. */
export const isGone = (error: unknown): boolean => ['NOGROUP', 'WRONGTYPE'].includes(replyCode(error) ?? '');

/** What doubtful acks need of the consumer. */
export interface DoubtHost {
  readonly isAbandoned: () => boolean;
  readonly logger: Logger;
  readonly news: AckNews;
  /** An entry was another's when it was to be acknowledged. */
  readonly onLost: (delivery: StreamDelivery) => void;
  /** So many entries are in doubt now: they are kept in memory. */
  readonly onChange: (count: number) => void;
}

/** Entries that may be acknowledged or another's by now, or whose ack was refused: tried until Redis has said what they are. */
export class DoubtfulAcks {
  /** Whether the loss of an entry would be news. */
  private readonly entries = new Map<StreamDelivery, boolean>();
  private asking: Promise<void> | undefined;

  constructor(
    private readonly key: string,
    private readonly form: AckForm,
    private readonly host: DoubtHost,
  ) {}

  get all(): StreamDelivery[] {
    return [...this.entries.keys()];
  }

  /** What comes while Redis refuses goes with the next try. */
  add(deliveries: readonly StreamDelivery[], isNews: boolean): void {
    for (const delivery of deliveries) this.entries.set(delivery, isNews);
    this.host.onChange(this.entries.size);
    this.asking ??= this.askAll();
  }

  /** Resolves when there are none. */
  async whenNone(): Promise<void> {
    await this.asking;
  }

  private async askAll(): Promise<void> {
    const { isAbandoned, logger } = this.host;
    const what = `acknowledging entries of ${this.key}`;
    while (this.entries.size > 0 && !isAbandoned()) {
      for (const chunk of chunksOf([...this.entries]))
        await untilDone(what, () => this.acknowledgeOurs(chunk), isAbandoned, logger);
    }
    this.asking = undefined;
  }

  private async acknowledgeOurs(doubtful: readonly (readonly [StreamDelivery, boolean])[]): Promise<void> {
    const deliveries = doubtful.map(([delivery]) => delivery);
    // When this reply is lost, what is not ours any more may have been acknowledged by us.
    for (const delivery of deliveries) this.entries.set(delivery, false);
    const lost = new Set((await this.run(deliveries)).map(String));
    for (const [delivery, isNews] of doubtful) {
      this.entries.delete(delivery);
      if (isNews && lost.has(delivery.id)) this.host.onLost(delivery);
    }
    this.host.onChange(this.entries.size);
  }

  private async run(deliveries: readonly StreamDelivery[]): Promise<readonly unknown[]> {
    const { news } = this.host;
    try {
      const lost = await this.form.ask(deliveries);
      news.acksWork();
      return lost;
    } catch (error) {
      if (replyCode(error) === undefined) throw error;
      if (!isGone(error)) {
        news.acksRefused(error);
        throw error;
      }
      news.acksWork();
      return [];
    }
  }
}
