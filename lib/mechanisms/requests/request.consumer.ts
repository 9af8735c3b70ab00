import type { RedisConnection } from '../../connection/index.js';
import type { Report } from '../../events/index.js';
import type { ConsumerStatus, MechanismConsumer } from '../mechanism.interface.js';
import { startedOrAway } from '../started-or-away.js';
import { within } from '../within.js';
import { listen } from './listen.js';
import { LIVE_WITHIN, cancelChannel } from './request-names.js';

/** The longest that the end of a subscription is waited for, in ms. */
const STOP_WITHIN = 500;

/** No entry comes after it: reading one's own pending entries from here on gives none. */
const LAST_ID = '18446744073709551615-18446744073709551614';

/** What serving the requests of a pattern takes, beside reading its messages. */
export interface RequestServing {
  readonly connection: RedisConnection;
  readonly report: Report;
  readonly pattern: string;
  /** The consumer that callers look for before they append; undefined for channels, which tell by themselves who listens. */
  readonly member: { readonly group: string; readonly consumer: string } | undefined;
  /** A caller does not wait for this request any more. */
  readonly onCancel: (id: string) => void;
}

/** Reads the messages of a pattern, and hears of requests that nobody waits for any more. */
export class RequestConsumer implements MechanismConsumer {
  private stopListening: Promise<() => Promise<void>> | undefined;
  private isStopped = false;
  private signs: NodeJS.Timeout | undefined;

  constructor(
    private readonly messages: MechanismConsumer,
    private readonly serving: RequestServing,
  ) {}

  async start(): Promise<void> {
    if (this.isStopped || this.stopListening !== undefined) return;
    const { connection, report, pattern, onCancel } = this.serving;
    const channel = cancelChannel(connection.keys, pattern);
    this.stopListening = listen(connection, report, channel, (id) => onCancel(id.toString()));
    await startedOrAway(
      this.stopListening.then(() => undefined),
      connection,
    );
    await this.read();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.signs);
    await this.messages.stop();
  }

  async drain(timeout: number): Promise<void> {
    await this.messages.drain(timeout);
    // Where Redis never was there, there is nothing to take back, and nothing to wait for.
    if (!this.serving.connection.state.isUp) return;
    // A subscription that is refused is not there to be ended.
    await within(this.stopListening?.then((stopListening) => stopListening()) ?? Promise.resolve(), STOP_WITHIN);
  }

  status(): ConsumerStatus {
    return this.messages.status();
  }

  /** An application may be closed while its start waits for Redis. */
  private async read(): Promise<void> {
    if (this.isStopped) return;
    await this.messages.start();
    await this.appear();
  }

  /** Callers see the consumer from now on; otherwise it would be from its first read on. */
  private async appear(): Promise<void> {
    const { connection, pattern, member } = this.serving;
    if (member === undefined || this.isStopped) return;
    const args = ['CREATECONSUMER', connection.keys.of(pattern), member.group, member.consumer];
    // Where that does not work, the next read makes it known.
    await connection
      .commandNow()
      ?.call('XGROUP', args)
      .catch(() => undefined);
    if (this.isStopped) return;
    // Before Redis 7.2 a read that finds nothing is no sign of life; this one, of nothing, is.
    const read = ['GROUP', member.group, member.consumer, 'COUNT', 1, 'STREAMS', connection.keys.of(pattern), LAST_ID];
    const sign = (): void =>
      void connection
        .commandNow()
        ?.call('XREADGROUP', read)
        .catch(() => undefined);
    this.signs = setInterval(sign, LIVE_WITHIN / 3).unref();
  }
}
