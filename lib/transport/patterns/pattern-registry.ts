import type { RedisConnection } from '../../connection/index.js';
import { ErrorWatch } from '../../delivery/index.js';
import {
  type ConsumerRequest,
  type MechanismConsumer,
  REQUEST_GROUP,
  RedisClock,
  RequestConsumer,
  RequestProducer,
} from '../../mechanisms/index.js';
import { flowWire, jsonCodec, nestWire } from '../../message/index.js';
import type { ResolvedPatterns } from '../../options/index.js';
import type { ConsumerRunner, CreateConsumer } from '../consumer-runner.js';
import { PatternHandlers, type StockHandler } from './pattern-handlers.js';
import { exactChannel, patternOptions } from './pattern-options.js';
import { PatternServer, type PatternServerParts } from './pattern-server.js';
import { RunningRequests } from './running-requests.js';

const TAKES_ALL = (): boolean => true;

/** Gives the stock handlers of an application to consumers, one for each pattern. */
export class PatternRegistry {
  private readonly handlers = new Map<string, PatternHandlers>();

  constructor(
    private readonly runner: ConsumerRunner,
    private readonly connection: RedisConnection,
    private readonly patterns: ResolvedPatterns,
  ) {}

  /**
   * Registers a stock handler.
   *
   * @param pattern normalised.
   * @param errors what its filter sees of its errors.
   * @throws MissingGroupError for an event over a stream where the module has no group.
   */
  add(pattern: string, handler: StockHandler, errors = new ErrorWatch()): void {
    const { over } = this.patterns;
    const { owner, isEvent } = handler;
    // Of a stream, requests have a group of their own.
    const place = over === 'stream' && isEvent ? `event ${pattern}` : pattern;
    const known = this.handlers.get(place);
    if (known !== undefined) return known.add(handler);
    const handlers = new PatternHandlers(pattern);
    handlers.add(handler);
    const target = over === 'channel' ? exactChannel(pattern) : pattern;
    const options = patternOptions(this.runner.options, over, isEvent);
    const declaration = { owner, method: owner, mechanism: over, target, options };
    const { invoke } = handlers;
    const createConsumer = this.consumerOf(pattern, isEvent);
    this.runner.add({ declaration, host: undefined, invoke, errors, origin: 'controller', createConsumer });
    this.handlers.set(place, handlers);
  }

  /** Whether events of a stream have handlers of their own, so that the one of requests leaves them alone. */
  private hasEventHandlers(pattern: string): boolean {
    return this.handlers.has(`event ${pattern}`);
  }

  private takes(pattern: string, isEvent: boolean): PatternServerParts['takes'] {
    if (this.patterns.over === 'channel') return TAKES_ALL;
    if (isEvent) return (isRequest) => !isRequest;
    return (isRequest) => isRequest || !this.hasEventHandlers(pattern);
  }

  private consumerOf(pattern: string, isEvent: boolean): CreateConsumer {
    const { connection, patterns } = this;
    const isNest = patterns.wire === 'nest';
    return (request, pipeline, create) => {
      const codec = isNest ? jsonCodec : request.codec;
      const running = new RunningRequests(pattern);
      const server = new PatternServer(pipeline, {
        pattern,
        wire: isNest ? nestWire : flowWire,
        codec,
        channel: connection.keys.of(pattern),
        producer: new RequestProducer({ connection, codec }),
        takes: this.takes(pattern, isEvent),
        clock: patterns.over === 'stream' ? new RedisClock(connection, pattern) : undefined,
        running,
      });
      const messages = create({ ...request, codec, deliver: server.deliver });
      return this.withCancellations(messages, request, pattern, running, isEvent);
    };
  }

  /** Nest's own clients cancel nothing, and nobody waits for the end of an event. */
  private withCancellations(
    messages: MechanismConsumer,
    { consumer, report }: ConsumerRequest,
    pattern: string,
    running: RunningRequests,
    isEvent: boolean,
  ): MechanismConsumer {
    const { connection, patterns } = this;
    if (isEvent || patterns.wire === 'nest') return messages;
    const member = patterns.over === 'stream' ? { group: REQUEST_GROUP, consumer } : undefined;
    return new RequestConsumer(messages, { connection, report, pattern, member, onCancel: running.cancel });
  }
}
