import type { RedisConnection, Subject } from '../../connection/index.js';
import type { Report } from '../../events/index.js';
import type { ChannelListener } from '../subscription.js';
import { Subscriptions } from '../subscriptions.js';
import type { Alarm } from '../held/alarm.js';

/** After a look at the delayed jobs the next one waits for so long, in ms: a crowd that is due comes together. */
const PAUSE = 10;

/**
 * Sets the alarm for the next delayed job. Who adds an earlier one says so on a channel; whoever does not hear of it looks
 * at each heartbeat.
 */
export class DueTimes {
  private at = Infinity;
  private isListening = false;

  constructor(
    private readonly connection: RedisConnection,
    private readonly settings: { readonly channel: string; readonly heartbeat: number; readonly report: Report },
    private readonly alarm: Alarm,
  ) {}

  /** A job is due in `ms`. */
  in(ms: number): void {
    const at = performance.now() + ms;
    if (!(ms <= this.settings.heartbeat) || at >= this.at) return;
    this.at = at;
    this.alarm.in(ms);
  }

  /** It is about to be looked which jobs are due. */
  looks(): void {
    this.at = Infinity;
  }

  /** The next job is due in `ms`; undefined where none waits. */
  looked(ms: number | undefined): void {
    if (ms !== undefined) this.in(Math.max(ms, PAUSE));
  }

  /** Waits for nothing: the subscription may be refused, and comes back by itself when its connection does. */
  listen(): void {
    if (this.isListening) return;
    this.isListening = true;
    // What was added before anybody listened is found by a look afterwards.
    void this.subscriptions.add(this.subject, this.listener).then(() => this.in(0));
  }

  stop(): void {
    if (!this.isListening) return;
    void this.subscriptions.remove(this.subject, this.listener);
  }

  private get subscriptions(): Subscriptions {
    return Subscriptions.of(this.connection, this.settings.report);
  }

  private get subject(): Subject {
    return { kind: 'channel', name: this.settings.channel };
  }

  private readonly listener: ChannelListener = {
    name: undefined,
    receive: (_channel, message) => this.in(Number(message.toString('latin1'))),
    missed: () => this.in(0),
  };
}
