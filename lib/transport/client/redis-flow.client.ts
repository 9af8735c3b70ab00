import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { type RedisFlowClientOptions, type ResolvedClientOptions, resolveClientOptions } from '../../options/index.js';
import type { RedisFlowStatus, RedisFlowStrategyEvents } from '../redis-flow.strategy.js';
import { ClientSession } from './client-session.js';
import { outgoingPacket } from './outgoing-packet.js';

/**
 * Nest's `ClientProxy` over this library's channels or streams, for services whose module has the option `patterns`.
 *
 * `emit` is hot, as Nest's is: it is sent at the call, and its observable completes when Redis has it, or fails as
 * `RedisPublisher` does. `send` is cold: each subscription is a request. Its observable fails with what the handler's
 * filters made of an error, with `NoConsumerError` where nobody serves the pattern, with `RequestTimeoutError` where no
 * reply comes within 30 seconds or the time that a record or the header `reply-within` says, or with
 * `ClientClosedError`. Unsubscribing cancels the request: the handler's observable is unsubscribed from, and
 * `context.signal` fires.
 *
 * It connects when it is first used, with a connection of its own that `close` ends; Nest calls that at shutdown.
 *
 * @throws InvalidOptionError or OptionNotAvailableError when it is made.
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     ClientsModule.register([
 *       {
 *         name: 'MATH',
 *         customClass: RedisFlowClient,
 *         options: { connection: 'redis://127.0.0.1:6379', patterns: 'stream' },
 *       },
 *     ]),
 *   ],
 * })
 * export class AppModule {}
 *
 * constructor(@Inject('MATH') private readonly client: ClientProxy) {}
 * sum = () => this.client.send<number>('sum', [1, 2, 3]);
 * ```
 * @see https://docs.nestjs.com/microservices/basics#client-producer-class
 */
export class RedisFlowClient extends ClientProxy<RedisFlowStrategyEvents> {
  private readonly options: ResolvedClientOptions;
  private readonly listeners: ((isUp: boolean, reason: string) => void)[] = [];
  private session: ClientSession | undefined;

  constructor(options: RedisFlowClientOptions) {
    super();
    this.options = resolveClientOptions(options);
  }

  /** Whether Redis is there, at each change. */
  override get status(): Observable<RedisFlowStatus> {
    return super.status as Observable<RedisFlowStatus>;
  }

  /** Resolves when Redis is there. @throws ConnectionNotReadyError after five seconds without it. */
  async connect(): Promise<void> {
    await this.open().connection.command();
  }

  /** Ends its connection; requests without an answer fail with `ClientClosedError`. A later use connects anew. */
  async close(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.close();
  }

  /** `connected`, and `disconnected` with the reason. */
  override on<Event extends keyof RedisFlowStrategyEvents>(
    event: Event,
    callback: RedisFlowStrategyEvents[Event],
  ): void {
    this.listeners.push((isUp, reason) => {
      if (event === 'connected' && isUp) (callback as () => void)();
      if (event === 'disconnected' && !isUp) (callback as (reason: string) => void)(reason);
    });
  }

  /** The ioredis client for commands. It is the library's own: do not close it, and do not block it. */
  unwrap<T>(): T {
    return this.open().connection.commandClient as T;
  }

  protected publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const route = this.normalizePattern(packet.pattern as string);
    return this.open().requests.send(route, outgoingPacket(packet), callback);
  }

  protected dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    const route = this.normalizePattern(packet.pattern as string);
    return this.open().emit(route, outgoingPacket(packet)) as Promise<T>;
  }

  private open(): ClientSession {
    if (this.session !== undefined) return this.session;
    const session = new ClientSession(this.options);
    session.connection.state.onChange((isUp, reason) => {
      this._status$.next(isUp ? 'connected' : 'disconnected');
      for (const listener of this.listeners) listener(isUp, reason);
    });
    this.session = session;
    return session;
  }
}
