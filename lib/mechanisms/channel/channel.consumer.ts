import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { type Delivery, LazyAbort } from '../../delivery/index.js';
import {
  type ChannelPattern,
  type Source,
  decodeChannelMessage,
  escapeGlob,
  parseChannelPattern,
} from '../../message/index.js';
import type { ResolvedChannelOptions } from '../../options/index.js';
import type { ConsumerRequest, ConsumerStatus, MechanismConsumer } from '../mechanism.interface.js';
import { Slots } from '../slots.js';
import { startedOrAway } from '../started-or-away.js';
import { untilDone } from '../until-done.js';
import { MessageBuffer } from './message-buffer.js';
import { type Subject, Subscriptions } from '../subscriptions.js';

/** Dropped messages are counted, and logged at most this often, in ms. */
const OVERFLOW_LOG_EVERY = 10_000;
/** A channel's message has one attempt, and belongs to nobody else. */
const NO_REDELIVERY = {
  hasCrashed: false,
  verdict: undefined,
  onceKey: undefined,
  transaction: undefined,
  extend: () => Promise.resolve(),
} as const;

const PROCESS = randomBytes(4).toString('hex');
let received = 0;

interface Received {
  readonly channel: string;
  readonly message: Buffer;
  readonly timestamp: number;
}

/** Listens to a channel or a glob, with one handler behind it. */
export class ChannelConsumer implements MechanismConsumer {
  private readonly logger = new Logger('RedisFlowConsumer');
  private readonly label: string;
  private readonly pattern: ChannelPattern;
  private readonly subject: Subject;
  private readonly slots: Slots;
  private readonly buffer: MessageBuffer<Received>;
  private readonly running = new Set<LazyAbort>();
  private isAbandoned = false;
  private state: 'new' | 'started' | 'subscribed' | 'stopped' = 'new';
  private dropped = 0;
  private lastOverflowLog = 0;

  constructor(private readonly request: ConsumerRequest<ResolvedChannelOptions>) {
    const { target, options, connection } = request;
    this.label = `channel "${target}" (${request.owner})`;
    this.pattern = parseChannelPattern(target);
    const { isGlob, subject } = this.pattern;
    const { prefix } = connection.keys;
    this.subject = { isGlob, subject: (isGlob ? escapeGlob(prefix) : prefix) + subject };
    this.slots = new Slots(options.concurrency);
    this.buffer = new MessageBuffer(options.buffer, options.overflow);
  }

  async start(): Promise<void> {
    if (this.state !== 'new') return;
    this.state = 'started';
    const { connection } = this.request;
    const subscribe = () => Subscriptions.of(connection).add(this.subject, this.onMessage);
    const isStopped = () => this.state === 'stopped';
    const confirmed = untilDone(`${this.label}: subscribing`, subscribe, isStopped, this.logger).then(() =>
      this.confirm(),
    );
    await startedOrAway(confirmed, connection);
  }

  async stop(): Promise<void> {
    if (this.state === 'stopped') return;
    const hadStarted = this.state !== 'new';
    this.state = 'stopped';
    if (hadStarted)
      await Subscriptions.of(this.request.connection)
        .remove(this.subject, this.onMessage)
        .catch(() => undefined);
  }

  async drain(timeout: number): Promise<void> {
    const isIdle = await this.slots.whenIdle(timeout);
    if (isIdle) return;
    this.isAbandoned = true;
    for (const abort of this.running) abort.abort(new Error('the application is shutting down'));
    if (this.buffer.length > 0)
      this.logger.warn(`${this.label}: ${this.buffer.length} messages were not handled before the shutdown`);
  }

  status(): ConsumerStatus {
    const { label, state } = this;
    const running = this.slots.running;
    if (state !== 'subscribed')
      return { label, running, alive: false, reason: state === 'started' ? 'not subscribed' : state };
    if (this.request.connection.subscriber().status === 'ready') return { label, running, alive: true };
    return { label, running, alive: false, reason: this.request.connection.state.reason };
  }

  private confirm(): void {
    if (this.state === 'started') this.state = 'subscribed';
  }

  private readonly onMessage = (channel: string, message: Buffer): void => {
    if (this.state === 'stopped') return;
    if (this.buffer.push({ channel, message, timestamp: Date.now() })) this.reportOverflow();
    this.pump();
  };

  private readonly pump = (): void => {
    while (this.slots.free > 0 && !this.isAbandoned) {
      const next = this.buffer.shift();
      if (next === undefined) return;
      const delivery = this.toDelivery(next);
      this.running.add(delivery.abort);
      const done = () => void this.running.delete(delivery.abort);
      this.slots.run(() => this.request.deliver(delivery).finally(done), this.pump);
    }
  };

  private toDelivery({ channel, message, timestamp }: Received): Delivery {
    received += 1;
    return {
      id: `${PROCESS}-${received}`,
      timestamp,
      source: this.sourceOf(this.request.connection.keys.nameOf(channel)),
      attempt: 1,
      abort: new LazyAbort(),
      ...NO_REDELIVERY,
      decode: () => decodeChannelMessage(message, this.request.codec),
      // A channel keeps nothing: whatever the outcome, there is nothing to settle.
      settle: () => Promise.resolve(),
    };
  }

  private sourceOf(channel: string): Source {
    const { template, subject, isGlob, params } = this.pattern;
    const source = { mechanism: 'channel' as const, key: template, channel };
    if (!isGlob) return source;
    return { ...source, pattern: subject, ...(params.length > 0 ? { params: this.pattern.match(channel) } : {}) };
  }

  private reportOverflow(): void {
    this.dropped += 1;
    if (Date.now() - this.lastOverflowLog < OVERFLOW_LOG_EVERY) return;
    this.lastOverflowLog = Date.now();
    this.logger.warn(
      `${this.label}: its buffer of ${this.request.options.buffer} is full; ${this.dropped} messages dropped`,
    );
    this.dropped = 0;
  }
}
