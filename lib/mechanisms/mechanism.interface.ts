import type { RedisConnection } from '../connection/index.js';
import type { Deliver, DeliverBatch } from '../delivery/index.js';
import type { Report } from '../events/index.js';
import type { Codec, MechanismKind } from '../message/index.js';
import type { ResolvedOptions } from '../options/index.js';
import type { HandlerPolicy } from '../policies/index.js';

/** What a mechanism promises. Tests are chosen by it, and the docs' table is checked against it. */
export interface Capabilities {
  /** A message whose handler failed or died is handled again. */
  readonly redelivery: boolean;
  /** Several groups get every message each. Without: `'all'` who listen get it, or `'one'`. */
  readonly groups: boolean;
  /** Whether two consumers of the same target (and group) share its messages. */
  readonly shared: boolean;
  /** Messages that were published while nobody listened are handled later. */
  readonly persistent: boolean;
  /** Handlers' settlements mean something. */
  readonly deadLetters: boolean;
}

/** What one handler needs of a mechanism. */
export interface ConsumerRequest<O extends ResolvedOptions = ResolvedOptions> {
  /** `OrdersController.charge`, for texts. */
  readonly owner: string;
  /** The stream, queue or channel as the handler names it. */
  readonly target: string;
  readonly options: O;
  /** Unique among the living consumers of this target and group. */
  readonly consumer: string;
  /** Whether the user chose the name. */
  readonly isConsumerNamed: boolean;
  readonly codec: Codec;
  readonly connection: RedisConnection;
  readonly policy: HandlerPolicy;
  readonly deliver: Deliver;
  readonly deliverBatch: DeliverBatch;
  /** Says what happened, for `RedisFlowEvents`. */
  readonly report: Report;
}

/** How a consumer is doing, for health. */
export interface ConsumerStatus {
  /** For people: `stream "orders" in group "payments" (OrdersController.charge)`. */
  readonly label: string;
  readonly alive: boolean;
  /** Why it is not alive. */
  readonly reason?: string;
  /** What is wrong although it is alive: a dead letter that cannot be written. */
  readonly degraded?: string;
  /** Calls of the handler that are under way. */
  readonly running: number;
}

/** Takes messages from Redis and hands them to one handler. */
export interface MechanismConsumer {
  /** Begins to take messages. Resolves when it does, or when Redis is known to be away; it then goes on trying. */
  start(): Promise<void>;
  /** Ends the intake. Resolves when nothing more will be started. May be called at any time, also twice. */
  stop(): Promise<void>;
  /** After `stop`: waits for what is running, `timeout` ms at most, then lets go of the rest and of its connection. */
  drain(timeout: number): Promise<void>;
  status(): ConsumerStatus;
}

/** One of Redis' ways to hand over messages. A fourth one is one more folder with one of these. */
export interface Mechanism<O extends ResolvedOptions = ResolvedOptions> {
  readonly kind: MechanismKind;
  readonly capabilities: Capabilities;
  createConsumer(request: ConsumerRequest<O>): MechanismConsumer;
}
