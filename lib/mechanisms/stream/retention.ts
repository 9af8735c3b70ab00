import type { RedisConnection } from '../../connection/index.js';
import type { StreamRetention } from '../../options/index.js';
import { TRIM_ACKED, TRIM_OLD } from './retention.scripts.js';

/** Deletes what a stream need not keep. */
export class Retention {
  private trimmedAt = '';

  constructor(
    private readonly connection: RedisConnection,
    private readonly stream: string,
    private readonly retention: StreamRetention | undefined,
  ) {}

  /** @param progress how far all groups are: where nothing has moved there is nothing more that is acknowledged. */
  async trim(progress = ''): Promise<void> {
    const { retention } = this;
    if (retention === undefined) return;
    const client = await this.connection.command();
    const { keys } = this.connection;
    const key = keys.of(this.stream);
    if (retention === 'acked') {
      if (progress === this.trimmedAt) return;
      const waitsForReader = await TRIM_ACKED.run(client, [key, keys.derived(this.stream, 'checkpoints')], []);
      // How far readers are does not show in the progress.
      this.trimmedAt = waitsForReader === 1 ? '' : progress;
    } else if ('maxLength' in retention) await client.xtrim(key, 'MAXLEN', retention.maxLength);
    else await TRIM_OLD.run(client, [key], [retention.maxAge]);
  }
}
