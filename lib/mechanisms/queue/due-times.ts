import type { Logger } from '@nestjs/common';
import type { RedisConnection } from '../../connection/index.js';
import { errorText } from '../../errors/index.js';
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
    private readonly settings: { readonly channel: string; readonly heartbeat: number; readonly label: string },
    private readonly alarm: Alarm,
    private readonly logger: Logger,
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
    const { channel, heartbeat, label } = this.settings;
    const refused = (error: unknown): void => {
      const text = `${label}: cannot subscribe to ${channel} (${errorText(error)})`;
      this.logger.warn(`${text}; earlier delayed jobs are noticed within ${Math.ceil(heartbeat)} ms`);
    };
    // What was added before anybody listened is found by a look afterwards.
    Subscriptions.of(this.connection)
      .add({ subject: channel, isGlob: false }, this.onWake)
      .then(() => this.in(0), refused);
  }

  stop(): void {
    if (!this.isListening) return;
    const { channel } = this.settings;
    void Subscriptions.of(this.connection)
      .remove({ subject: channel, isGlob: false }, this.onWake)
      .catch(() => undefined);
  }

  private readonly onWake = (_channel: string, message: Buffer): void => this.in(Number(message.toString('latin1')));
}
