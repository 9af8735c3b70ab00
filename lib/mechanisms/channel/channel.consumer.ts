import { Bag } from '../../collections/index.js';
import { Logger } from '@nestjs/common';
import type { Subject } from '../../connection/index.js';
import { type ChannelPattern, type Source, parseChannelPattern } from '../../message/index.js';
import type { ResolvedChannelOptions } from '../../options/index.js';
import type { ConsumerRequest, ConsumerStatus, MechanismConsumer } from '../mechanism.interface.js';
import { Slots } from '../slots.js';
import { startedOrAway } from '../started-or-away.js';
import { ChannelDelivery, type Received } from './channel-delivery.js';
import { MessageBuffer } from './message-buffer.js';
import { OverflowCount } from './overflow-count.js';
import { subjectOf } from './subject.js';
import type { ChannelListener } from '../subscription.js';
import { Subscriptions } from '../subscriptions.js';

/** Listens to a channel or a glob, with one handler behind it. */
export class ChannelConsumer implements MechanismConsumer {
  private readonly logger = new Logger('RedisFlowConsumer');
  private readonly label: string;
  private readonly pattern: ChannelPattern;
  private readonly subject: Subject;
  /** The source of every message, where there is but one channel. */
  private readonly plainSource: Source | undefined;
  private readonly slots: Slots;
  private readonly buffer: MessageBuffer<Received>;
  private readonly running = new Bag<ChannelDelivery>();
  private isAbandoned = false;
  private state: 'new' | 'started' | 'stopped' = 'new';
  private readonly overflow = new OverflowCount((dropped, isNew) => this.reportOverflow(dropped, isNew));
  private readonly listener: ChannelListener;

  constructor(private readonly request: ConsumerRequest<ResolvedChannelOptions>) {
    const { target, options, connection } = request;
    this.label = `channel "${target}" (${request.owner})`;
    this.pattern = parseChannelPattern(target);
    const { isGlob, subject } = this.pattern;
    this.plainSource = isGlob ? undefined : { mechanism: 'channel', key: target, channel: subject };
    this.subject = subjectOf(this.pattern, connection.keys, options.sharded);
    this.listener = { name: target, receive: this.onMessage };
    this.slots = new Slots(options.concurrency);
    this.buffer = new MessageBuffer(options.buffer, options.overflow);
  }

  async start(): Promise<void> {
    if (this.state !== 'new') return;
    this.state = 'started';
    await startedOrAway(this.subscriptions.add(this.subject, this.listener), this.request.connection);
  }

  async stop(): Promise<void> {
    if (this.state === 'stopped') return;
    const hadStarted = this.state !== 'new';
    this.state = 'stopped';
    this.overflow.end();
    if (hadStarted) await this.subscriptions.remove(this.subject, this.listener);
  }

  async drain(timeout: number): Promise<void> {
    const isIdle = await this.slots.whenIdle(timeout);
    if (isIdle) return;
    this.isAbandoned = true;
    for (const { abort } of this.running.all) abort.abort(new Error('the application is shutting down'));
    if (this.buffer.length > 0)
      this.logger.warn(`${this.label}: ${this.buffer.length} messages were not handled before the shutdown`);
  }

  status(): ConsumerStatus {
    const { label } = this;
    const { running } = this.slots;
    if (this.state !== 'started') return { label, running, alive: false, reason: this.state };
    const obstacle = this.subscriptions.obstacleOf(this.subject);
    if (obstacle === undefined) return { label, running, alive: true };
    const { isUp, reason } = this.request.connection.state;
    return { label, running, alive: false, reason: isUp ? obstacle : reason };
  }

  private get subscriptions(): Subscriptions {
    return Subscriptions.of(this.request.connection, this.request.report);
  }

  private readonly onMessage = (channel: string, message: Buffer): void => {
    if (this.state === 'stopped') return;
    if (this.buffer.push({ channel, message, timestamp: Date.now() })) this.overflow.add();
    this.pump();
  };

  private pump(): void {
    while (this.slots.free > 0 && !this.isAbandoned) {
      const next = this.buffer.shift();
      if (next === undefined) return;
      const source = this.plainSource ?? this.sourceOf(this.request.connection.keys.nameOf(next.channel));
      this.run(new ChannelDelivery(next, source, this.request.codec));
    }
  }

  private run(delivery: ChannelDelivery): void {
    this.slots.take();
    this.running.add(delivery);
    void this.request.deliver(delivery).then(() => {
      this.running.remove(delivery);
      this.slots.giveBack();
      this.pump();
    });
  }

  private sourceOf(channel: string): Source {
    const { template, subject, params } = this.pattern;
    const source = { mechanism: 'channel' as const, key: template, channel, pattern: subject };
    return { ...source, ...(params.length > 0 ? { params: this.pattern.match(channel) } : {}) };
  }

  private reportOverflow(dropped: number, isNew: boolean): void {
    const { target, owner, connection, options, report } = this.request;
    report({ type: 'overflow', connection: connection.name, handler: owner, channel: target, dropped });
    if (isNew)
      this.logger.warn(
        `${this.label}: its buffer of ${options.buffer} is full; ${dropped} messages dropped, "overflow" events count on`,
      );
  }
}
