import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import type { RedisConnection } from '../connection/index.js';
import { RequestContextHost } from '@nestjs/microservices/context/request-context-host.js';
import { DEFAULT_CONNECTION, REDIS_FLOW_TRANSPORT, handlerMetadataIn } from '../decorators/index.js';
import type { Invoke, ProcessingHooks, RedisFlowContext } from '../delivery/index.js';
import { InvalidOptionError } from '../errors/index.js';
import type { ConsumerRunner } from './consumer-runner.js';
import type { ControllerHandlers } from './controller-handlers.js';
import type { FoundHandler } from './handler-finder.js';
import { PatternRegistry } from './patterns/pattern-registry.js';
import { stockMethodIn } from './patterns/stock-methods.js';

/** What Nest's listeners register for a request-scoped controller: it gets this host as its request. */
type ScopedHandler = (host: RequestContextHost, data: unknown, context: RedisFlowContext) => unknown;

function invokeOf(callback: MessageHandler, found: FoundHandler | undefined): Invoke {
  if (found?.wrapper.isDependencyTreeStatic() !== false) return callback as unknown as Invoke;
  const handler = callback as unknown as ScopedHandler;
  return (data, context) => handler(new RequestContextHost(context.getPattern(), data, context), data, context);
}

/** What `strategy.status` emits. */
export type RedisFlowStatus = 'connected' | 'disconnected';

/** What `strategy.on` takes. */
export interface RedisFlowStrategyEvents {
  connected: () => void;
  /** With the reason, for people. */
  disconnected: (reason: string) => void;
  [event: string]: (...args: never[]) => void;
}

/**
 * Nest's custom transport strategy for the handlers of one connection.
 *
 * It takes handlers that carry this library's decorators. Those of Nest's own it takes where the module's option
 * `patterns` says so; otherwise they are left to other strategies.
 *
 * @example
 * ```ts
 * // hybrid: connectRedisFlow(app). Pure microservice:
 * const app = await NestFactory.createMicroservice(AppModule, {
 *   inject: [RedisFlowStrategy],
 *   useFactory: (strategy: RedisFlowStrategy) => ({ strategy }),
 * });
 * ```
 * @see https://docs.nestjs.com/microservices/custom-transport
 */
export class RedisFlowStrategy
  extends Server<RedisFlowStrategyEvents, RedisFlowStatus>
  implements CustomTransportStrategy
{
  override readonly transportId = REDIS_FLOW_TRANSPORT;
  /** Every outcome is awaited and decides about the message, so Nest need not report it a second time. */
  override readonly propagatesEventHandlerErrors = true;

  private readonly patterns: PatternRegistry | undefined;
  private hasHooks = false;

  /** @internal */
  constructor(
    private readonly runner: ConsumerRunner,
    private readonly connection: RedisConnection,
    private readonly controllers: ControllerHandlers,
  ) {
    super();
    const hooks: ProcessingHooks = (context, run) => this.runBetweenHooks(context, run);
    runner.useHooks(() => (this.hasHooks ? hooks : undefined));
    connection.state.onChange((isUp) => this._status$.next(isUp ? 'connected' : 'disconnected'));
    const { patterns } = runner.options;
    if (patterns === undefined) return;
    controllers.markStock(patterns.over);
    this.patterns = new PatternRegistry(runner, connection, patterns);
  }

  /** The connection's name. */
  get name(): string {
    return this.connection.name;
  }

  override addHandler(
    pattern: string,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const metadata = handlerMetadataIn(extras);
    if (metadata === undefined) return this.addStock(pattern, callback, isEventHandler, extras);
    const declaration = metadata.declarations[pattern];
    if (declaration === undefined) {
      const [owner = 'a handler'] = Object.values(metadata.declarations).map((each) => each.owner);
      throw new InvalidOptionError(
        owner,
        'pattern',
        pattern,
        'left out: @EventPattern and @MessagePattern cannot share a method with @OnStream, @OnQueue or @OnChannel',
      );
    }
    if ((declaration.options.connection ?? DEFAULT_CONNECTION) !== this.name) return;
    const { errors } = metadata;
    const found = this.controllers.next(declaration);
    this.controllers.filters.bind(errors);
    const invoke = invokeOf(callback, found);
    this.runner.add({ declaration, host: found?.host, invoke, errors, origin: 'controller' });
    // Two methods may listen to the same target, and Nest would chain handlers of one key.
    this.messageHandlers.set(`${pattern} ${declaration.owner}`, Object.assign(callback, { isEventHandler, extras }));
  }

  /** Called by Nest. The handlers start once the application has bootstrapped, whatever comes first. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    const failure = await this.runner.listen().catch((error: unknown) => error);
    callback(failure);
  }

  /** Ends the intake and waits for running handlers, at most for `shutdown.timeout`. May be called twice. */
  close(): Promise<void> {
    return this.runner.stop();
  }

  on<Event extends keyof RedisFlowStrategyEvents>(event: Event, callback: RedisFlowStrategyEvents[Event]): void {
    this.connection.state.onChange((isUp, reason) => {
      if (event === 'connected' && isUp) (callback as () => void)();
      if (event === 'disconnected' && !isUp) (callback as (reason: string) => void)(reason);
    });
  }

  /** The ioredis client for commands. It is the library's own: do not close it, and do not block it. */
  unwrap<T>(): T {
    return this.connection.commandClient as T;
  }

  override setOnProcessingStartHook(...hook: Parameters<Server['setOnProcessingStartHook']>): void {
    this.hasHooks = true;
    super.setOnProcessingStartHook(...hook);
  }

  override setOnProcessingEndHook(...hook: Parameters<Server['setOnProcessingEndHook']>): void {
    this.hasHooks = true;
    super.setOnProcessingEndHook(...hook);
  }

  /** A handler of Nest's own decorators. Without the option `patterns` it is left to other strategies. */
  private addStock(pattern: string, callback: MessageHandler, isEvent: boolean, extras: Record<string, unknown>): void {
    if (this.patterns === undefined) return;
    const route = this.normalizePattern(pattern);
    const { owner = `the handler of "${route}"`, errors } = stockMethodIn(extras) ?? {};
    this.patterns.add(route, { owner, isEvent, invoke: callback as unknown as Invoke }, errors);
    this.messageHandlers.set(`${route} ${owner}`, Object.assign(callback, { isEventHandler: isEvent, extras }));
  }

  private runBetweenHooks<T>(context: RedisFlowContext, run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.runWithProcessingHooks(context, async (end) => {
        await run().then(resolve, reject);
        end();
      });
    });
  }
}
