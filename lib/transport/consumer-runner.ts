import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type Type } from '@nestjs/common';
import type { RedisConnection } from '../connection/index.js';
import {
  type ErrorWatch,
  type Invoke,
  type ProcessingHooks,
  DeliveryPipeline,
  createDeliverBatch,
} from '../delivery/index.js';
import {
  type ConsumerRequest,
  type ConsumerStatus,
  MECHANISMS,
  type Mechanism,
  type MechanismConsumer,
} from '../mechanisms/index.js';
import type { RedisFlowEvents } from '../events/index.js';
import type { MechanismKind } from '../message/index.js';
import { type HandlerDeclaration, type ResolvedModuleOptions, ownedBy } from '../options/index.js';
import { ControllersWatch } from './controllers-watch.js';
import { HandlerRegistry } from './handler-registry.js';
import type { PolicyMaker } from './policy-maker.js';
import { resolveHandler } from './resolve-handler.js';

/** A handler that the application has, bound by Nest. */
export interface RegisteredHandler {
  readonly declaration: HandlerDeclaration;
  /** The class whose method it is; undefined where that is not known. */
  readonly host: Type | undefined;
  readonly invoke: Invoke;
  readonly errors: ErrorWatch;
  readonly origin: HandlerOrigin;
  /** @default the mechanism's consumer as it is */
  readonly createConsumer?: CreateConsumer;
}

/** Makes a consumer of a mechanism, by its own `create`, into one that serves more than that. */
export type CreateConsumer = (
  request: ConsumerRequest,
  pipeline: DeliveryPipeline,
  create: (request: ConsumerRequest) => MechanismConsumer,
) => MechanismConsumer;

/** Where a handler lives: providers run with the application, controllers once the strategy listens. */
export type HandlerOrigin = 'controller' | 'provider';

/** A consumer, what it reads from, and where its handler lives. */
interface RunConsumer {
  readonly consumer: MechanismConsumer;
  readonly mechanism: MechanismKind;
  readonly target: string;
  readonly origin: HandlerOrigin;
}

/** Starts and stops every consumer of one connection. */
export class ConsumerRunner {
  private readonly deliveryLogger = new Logger('RedisFlowDelivery');
  private readonly consumers: RunConsumer[] = [];
  private readonly registry: HandlerRegistry;
  /** Whether the handlers of controllers are served. */
  readonly controllers = new ControllersWatch();
  private hasBootstrapped = false;
  private isListening = false;
  private stopping: Promise<void> | undefined;
  private hooks: () => ProcessingHooks | undefined = () => undefined;

  constructor(
    readonly options: ResolvedModuleOptions,
    private readonly connection: RedisConnection,
    private readonly policies: PolicyMaker,
    private readonly events: RedisFlowEvents,
  ) {
    this.registry = new HandlerRegistry(options.consumer);
  }

  /** Asked for each message what its handler's run is to be wrapped in. */
  useHooks(hooks: () => ProcessingHooks | undefined): void {
    this.hooks = hooks;
  }

  /**
   * Registers a handler. It starts as soon as the application has bootstrapped and its origin is served.
   *
   * @throws what is wrong with its options, or DuplicateHandlerError.
   */
  add({ declaration: declared, host, invoke, errors, origin, createConsumer }: RegisteredHandler): void {
    const declaration = host === undefined ? declared : ownedBy(declared, host);
    // Who makes its own consumer has made its options of the module's defaults, too.
    const module = createConsumer === undefined ? this.options : { ...this.options, defaults: {} };
    const { options, policy } = resolveHandler(declaration, module, this.policies);
    const consumer = this.registry.register(declaration, options, host);
    if (!this.options.consume) return;
    const { owner, target } = declaration;
    const { connection, events } = this;
    const { report } = events;
    const isManual = policy.ack.timing === 'manual';
    // A manual handler that never settles would hold its message for ever.
    const timeout = options.timeout ?? (isManual && 'lease' in options ? options.lease : undefined);
    const handler = { owner, connection: connection.name, invoke, timeout, errors, policy, isManual };
    const pipeline = new DeliveryPipeline(handler, () => this.hooks(), report, this.deliveryLogger);
    const { deliver } = pipeline;
    const deliverBatch = createDeliverBatch(pipeline);
    const { codec, isConsumerNamed } = this.options;
    const mechanism = MECHANISMS[options.mechanism] as Mechanism;
    const name = { consumer, isConsumerNamed };
    const request = { owner, target, options, ...name, codec, connection, policy, deliver, deliverBatch, report };
    const create = (own: ConsumerRequest): MechanismConsumer => mechanism.createConsumer(own);
    const own = createConsumer?.(request, pipeline, create) ?? create(request);
    this.consumers.push({ consumer: own, mechanism: mechanism.kind, target, origin });
    if (origin === 'controller') this.controllers.handedOver();
  }

  /** The application has bootstrapped: providers' handlers start now, controllers' once the strategy listens. */
  async bootstrapped(): Promise<void> {
    this.hasBootstrapped = true;
    this.controllers.bootstrapped();
    await this.startWhatMay();
  }

  /** The strategy listens: controllers' handlers start once the application has bootstrapped. */
  async listen(): Promise<void> {
    this.isListening = true;
    this.controllers.served();
    await this.startWhatMay();
  }

  /** Ends the intake, waits for running handlers up to `shutdown.timeout`, leaves the rest pending. */
  stop(): Promise<void> {
    this.controllers.stop();
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  statuses(): ConsumerStatus[] {
    return [...this.consumers.map(({ consumer }) => consumer.status()), ...this.controllers.statuses()];
  }

  /** The queues that are handled here, each once. */
  queues(): string[] {
    const queues = this.consumers.filter(({ mechanism }) => mechanism === 'queue');
    return [...new Set(queues.map(({ target }) => target))];
  }

  private async startWhatMay(): Promise<void> {
    if (!this.hasBootstrapped || this.stopping !== undefined) return;
    const due = this.consumers.filter(({ origin }) => origin === 'provider' || this.isListening);
    await Promise.all(due.map(({ consumer }) => consumer.start()));
  }

  private async stopAll(): Promise<void> {
    const { timeout } = this.options.shutdown;
    const until = Date.now() + timeout;
    const consumers = this.consumers.map(({ consumer }) => consumer);
    const stopped = Promise.all(consumers.map((consumer) => consumer.stop()));
    // Redis may have gone without a word; its watchdogs need longer than the shutdown may last.
    await Promise.race([stopped, sleep(timeout, undefined, { ref: false })]);
    await Promise.all(consumers.map((consumer) => consumer.drain(Math.max(0, until - Date.now()))));
  }
}
