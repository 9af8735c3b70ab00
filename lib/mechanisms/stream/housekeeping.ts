import { REAP } from './group.scripts.js';
import type { Losses } from './losses.js';
import { type Overview, hasAbandoned, hasClaimable, hasLost, toOverview } from './overview.js';
import type { Retention } from './retention.js';
import type { StreamGroup } from './stream.group.js';

/** A consumer that owns nothing is removed when it was not seen for this many leases. */
const REAP_AFTER = 3;

/** What housekeeping needs to know, and whom to ask. */
export interface HousekeepingParts {
  readonly lease: number;
  readonly retention: Retention;
  readonly claim: () => void;
  readonly losses: Losses;
}

/**
 * Looks after a stream and its group once in a while. One plain command tells what there is to do; an idle stream costs
 * nothing more.
 */
export class Housekeeping {
  constructor(
    private readonly group: StreamGroup,
    private readonly parts: HousekeepingParts,
  ) {}

  /** @throws what Redis answered. */
  async look(): Promise<void> {
    const overview = await this.overview();
    if (overview === undefined) return;
    if (hasClaimable(overview, this.group.consumer)) this.parts.claim();
    if (hasLost(overview)) await this.parts.losses.look();
    if (overview.length > 0) await this.parts.retention.trim(overview.progress);
    if (hasAbandoned(overview, this.parts.lease * REAP_AFTER)) await this.reap();
  }

  private async overview(): Promise<Overview | undefined> {
    const client = await this.group.connection.command();
    const reply = await client.call('XINFO', 'STREAM', this.group.key, 'FULL', 'COUNT', 1);
    return toOverview(reply, this.group.group);
  }

  private async reap(): Promise<void> {
    const client = await this.group.connection.command();
    await REAP.run(
      client,
      [this.group.key, this.group.keys.started],
      [this.group.group, this.parts.lease * REAP_AFTER],
    );
  }
}
