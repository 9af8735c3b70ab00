import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import type { RedisConnection } from '../connection/index.js';
import { DEFAULT_CONNECTION, REDIS_FLOW_TRANSPORT, declarationsIn } from '../decorators/index.js';
import type { RedisFlowContext } from '../delivery/index.js';
import { InvalidOptionError } from '../errors/index.js';
import type { ConsumerRunner } from './consumer-runner.js';

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
 * It takes only handlers that carry this library's decorators; others are left to other strategies.
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

  /** @internal */
  constructor(
    readonly name: string,
    private readonly runner: ConsumerRunner,
    private readonly connection: RedisConnection,
  ) {
    super();
    runner.useHooks((context, run) => this.runBetweenHooks(context, run));
    connection.state.onChange((isUp) => this._status$.next(isUp ? 'connected' : 'disconnected'));
  }

  override addHandler(
    pattern: string,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const declarations = declarationsIn(extras);
    if (declarations === undefined) return;
    const declaration = declarations[pattern];
    if (declaration === undefined) {
      const [owner = 'a handler'] = Object.values(declarations).map((each) => each.owner);
      throw new InvalidOptionError(
        owner,
        'pattern',
        pattern,
        'left out: @EventPattern and @MessagePattern cannot share a method with @OnStream, @OnQueue or @OnChannel',
      );
    }
    if ((declaration.options.connection ?? DEFAULT_CONNECTION) !== this.name) return;
    this.runner.add(declaration, (data, context) => callback(data, context), 'controller');
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

  private runBetweenHooks(context: RedisFlowContext, run: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.runWithProcessingHooks(context, async (end) => {
        await run().then(resolve, reject);
        end();
      });
    });
  }
}
