import { Controller, type INestMicroservice, type Provider } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { TerminusModule } from '@nestjs/terminus';
import { RedisFlowContext, type RedisFlowEvent, RedisFlowEvents, type RedisFlowOptions } from 'nestjs-redis-flow';
import { RedisFlowHealthIndicator } from 'nestjs-redis-flow/terminus';
import type { ConsumerStatus } from '../../lib/mechanisms/index.js';
import { ConsumerRunner } from '../../lib/transport/index.js';
import { pureApp } from './app.js';
import { LogSink } from './log-sink.js';
import { Recorder } from './recorder.js';

/** One run of a handler. Of a batch: the data of all. */
export interface Run {
  readonly data: unknown;
  readonly id: string;
  readonly attempt: number;
  /** By this machine's clock, in ms. */
  readonly at: number;
}

/** What a test says about a worker: its handler's options, and what the handler does. */
export interface WorkerSpec<O> {
  readonly options?: O | undefined;
  /** @default nothing */
  readonly handle?: (context: RedisFlowContext) => unknown;
  readonly flow?: Partial<RedisFlowOptions>;
  readonly providers?: readonly Provider[];
}

/** What health says of a worker. */
export interface Health {
  readonly status: 'up' | 'degraded' | 'down';
  readonly dead?: readonly string[];
  readonly degraded?: readonly string[];
}

type EventOf<T extends RedisFlowEvent['type']> = Extract<RedisFlowEvent, { type: T }>;

/** An application in this process, with one handler. */
export class LabWorker {
  /** Every start of the handler, in order. */
  readonly started = new Recorder<Run>();
  /** Every end of it, in order; `at` is when it began. */
  readonly finished = new Recorder<Run>();
  readonly log = new LogSink();
  readonly events = new Recorder<RedisFlowEvent>();
  private app: INestMicroservice | undefined;
  private closing: Promise<void> | undefined;

  private constructor(private readonly spec: Omit<WorkerSpec<unknown>, 'options'>) {}

  /**
   * It takes messages when this resolves, and is closed with the test at the latest.
   *
   * @param decorator makes its method a handler: `OnStream('orders')`.
   */
  static async start(decorator: MethodDecorator, spec: Omit<WorkerSpec<unknown>, 'options'>): Promise<LabWorker> {
    const worker = new LabWorker(spec);
    await worker.open(decorator);
    return worker;
  }

  /** The data of every start, in order. */
  get data(): unknown[] {
    return this.started.items.map(({ data }) => data);
  }

  get attempts(): number[] {
    return this.started.items.map(({ attempt }) => attempt);
  }

  /** What the library has logged, with the level in front. */
  get logLines(): string[] {
    const lines = this.log.lines.items.filter(({ context }) => context.startsWith('RedisFlow'));
    return lines.map(({ level, text }) => `${level}: ${text}`);
  }

  status(): ConsumerStatus | undefined {
    return this.app?.get(ConsumerRunner, { strict: false }).statuses()[0];
  }

  health(): Health {
    return this.app?.get(RedisFlowHealthIndicator).consumers('flow')['flow'] as Health;
  }

  close(): Promise<void> {
    return (this.closing ??= this.app?.close() ?? Promise.resolve());
  }

  /** Resolves with the events of a type when there are so many. */
  async event<T extends RedisFlowEvent['type']>(type: T, count = 1): Promise<EventOf<T>[]> {
    const ofType = (): EventOf<T>[] => this.events.items.filter((event): event is EventOf<T> => event.type === type);
    await this.events.until(() => ofType().length >= count);
    return ofType();
  }

  private async open(decorator: MethodDecorator): Promise<void> {
    const run = (context: RedisFlowContext): Promise<unknown> => this.run(context);
    @Controller()
    class LabHandler {
      @decorator
      handle(@Ctx() context: RedisFlowContext): Promise<unknown> {
        return run(context);
      }
    }
    // Before the worker starts, so that nothing is missed.
    const useFactory = ({ events$ }: RedisFlowEvents) => events$.subscribe(this.events.add);
    const subscription = { provide: 'the subscription to the events', inject: [RedisFlowEvents], useFactory };
    this.app = await pureApp({
      imports: [TerminusModule],
      controllers: [LabHandler],
      providers: [RedisFlowHealthIndicator, subscription, ...(this.spec.providers ?? [])],
      flow: { ...this.spec.flow },
      logger: this.log,
    });
  }

  private async run(context: RedisFlowContext): Promise<unknown> {
    const { message, attempt } = context;
    const record = { data: message.data, id: message.id, attempt, at: Date.now() };
    this.started.add(record);
    try {
      return await this.spec.handle?.(context);
    } finally {
      this.finished.add(record);
    }
  }
}
