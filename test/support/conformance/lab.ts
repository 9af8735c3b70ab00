import { Controller, type INestMicroservice, type LoggerService } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import { RedisFlowContext, type RedisFlowOptions, RedisPublisher } from 'nestjs-redis-flow';
import { pureApp } from '../app.js';
import { Recorder } from '../recorder.js';
import { type ConnectionState, RedisConnection } from '../../../lib/connection/index.js';
import { ConsumerRunner } from '../../../lib/transport/index.js';
import type { ConsumerStatus } from '../../../lib/mechanisms/index.js';
import { plainRedis, redisUrl, unique } from '../redis.js';
import type { HandlerSettings, MechanismHarness, Outgoing } from './harness.js';

/** The group of workers that name none. */
export const GROUP = 'conformance';

const SILENT: LoggerService = { log: () => undefined, warn: () => undefined, error: () => undefined };

/** One start of a handler. */
export interface Started {
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly id: string;
  readonly attempt: number;
  /** The target that it came from. */
  readonly target: string;
  /** By the clock of this process, in ms. */
  readonly at: number;
}

export interface WorkerSpec extends HandlerSettings {
  /** @default the target of the lab */
  readonly targets?: readonly string[];
  /** What the handler does, and returns. @default nothing */
  readonly handle?: (context: RedisFlowContext) => unknown;
  readonly flow?: Partial<RedisFlowOptions>;
  readonly logger?: LoggerService;
}

/** An application with one handler. */
export class Worker {
  /** Every start of the handler, in order. */
  readonly started = new Recorder<Started>();
  /** Every run of the handler that came to its end, in order. */
  readonly finished = new Recorder<Started>();
  running = 0;
  /** How many runs there were at the same time at most. */
  peak = 0;
  private app: INestMicroservice | undefined;

  constructor(
    readonly consumer: string,
    private readonly spec: WorkerSpec,
  ) {}

  /** The data of every start, in order. */
  get data(): unknown[] {
    return this.started.items.map(({ data }) => data);
  }

  get attempts(): number[] {
    return this.started.items.map(({ attempt }) => attempt);
  }

  async open(decorator: MethodDecorator, connection: string): Promise<this> {
    const run = (context: RedisFlowContext): Promise<unknown> => this.run(context);
    @Controller()
    class ConformanceHandler {
      @decorator
      handle(@Ctx() context: RedisFlowContext): Promise<unknown> {
        return run(context);
      }
    }
    const { flow, logger = SILENT } = this.spec;
    const options = { connection, group: GROUP, ...flow, consumer: this.consumer };
    this.app = await pureApp({ controllers: [ConformanceHandler], flow: options, logger });
    return this;
  }

  async close(): Promise<void> {
    await this.app?.close();
  }

  /** What health sees of the one consumer. */
  status(): ConsumerStatus | undefined {
    return this.app?.get(ConsumerRunner, { strict: false }).statuses()[0];
  }

  private async run(context: RedisFlowContext): Promise<unknown> {
    const { message, attempt, source } = context;
    const { data, headers, id } = message;
    const record = { data, headers, id, attempt, target: source.key, at: Date.now() };
    this.running += 1;
    this.peak = Math.max(this.peak, this.running);
    this.started.add(record);
    try {
      return await this.spec.handle?.(context);
    } finally {
      this.running -= 1;
      this.finished.add(record);
    }
  }
}

/** A mechanism on the table: a target of its own, a publisher, a plain client to look at Redis itself, and workers. */
export class Lab {
  readonly target: string;
  readonly redis: Redis;

  private constructor(
    readonly harness: MechanismHarness,
    readonly publisher: RedisPublisher,
    /** Of the publisher's connection. */
    readonly state: ConnectionState,
    readonly url: string,
  ) {
    this.target = unique(`conformance-${harness.kind}`);
    this.redis = plainRedis(url);
    // Some tests stop their server, and this client only waits until it is back.
    this.redis.on('error', () => undefined);
  }

  /** @param url the server that the publisher and the plain client talk to, and workers that name no other. */
  static async open(harness: MechanismHarness, url = redisUrl()): Promise<Lab> {
    const app = await pureApp({ flow: { connection: url, consume: false }, logger: SILENT });
    // Whatever this connection logs about a missing Redis is not to be taken for a worker's words.
    const { state } = app.get(RedisConnection, { strict: false });
    await Promise.race([state.whenUp(10_000), state.whenDown()]);
    return new Lab(harness, app.get(RedisPublisher), state, url);
  }

  /** Starts a worker; it takes messages when this resolves, and is closed with the test at the latest. */
  worker(spec: WorkerSpec = {}): Promise<Worker> {
    const { targets = [this.target], handle: _, flow: __, logger: ___, ...settings } = spec;
    return new Worker(unique('worker'), spec).open(this.harness.decorator(targets, settings), this.url);
  }

  async publish(data: readonly unknown[], target = this.target): Promise<void> {
    await this.send(
      data.map((each) => ({ data: each })),
      target,
    );
  }

  async send(messages: readonly Outgoing[], target = this.target): Promise<void> {
    await this.harness.publish(this.publisher, target, messages);
  }

  unsettled(group = GROUP): Promise<number> {
    return this.harness.unsettled(this.redis, this.target, group);
  }

  deadLetters() {
    return this.harness.deadLetters(this.redis, this.target);
  }

  /** The lines of CLIENT LIST that belong to a worker. */
  async connectionsOf({ consumer }: Worker): Promise<string[]> {
    const list = (await this.redis.client('LIST')) as string;
    return list.split('\n').filter((line) => line.includes(` name=${consumer}:`));
  }
}

/** Numbers from 0 on. */
export const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** A door that handlers wait at. */
export class Gate {
  private letIn: () => void = () => undefined;
  private readonly opened = new Promise<void>((resolve) => (this.letIn = resolve));

  open(): void {
    this.letIn();
  }

  pass(): Promise<void> {
    return this.opened;
  }
}
