import { Controller, type INestMicroservice, type Provider } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { TerminusModule } from '@nestjs/terminus';
import {
  OnStream,
  RedisFlowContext,
  type RedisFlowEvent,
  RedisFlowEvents,
  type RedisFlowOptions,
  type StreamOptions,
} from 'nestjs-redis-flow';
import { RedisFlowHealthIndicator } from 'nestjs-redis-flow/terminus';
import { pureApp } from '../app.js';
import { LogSink } from '../log-sink.js';
import { Recorder } from '../recorder.js';

/** One run of a handler. */
export interface Run {
  readonly data: unknown;
  readonly id: string;
  readonly attempt: number;
  /** By this machine's clock, in ms. */
  readonly at: number;
}

/** What a test says about a worker: its handler's options, and what the handler does. */
export interface StreamWorkerSpec {
  readonly options?: StreamOptions;
  /** @default nothing */
  readonly handle?: (context: RedisFlowContext) => unknown;
  readonly flow?: Partial<RedisFlowOptions>;
}

/** What health says of a worker. */
export interface Health {
  readonly status: 'up' | 'degraded' | 'down';
  readonly dead?: readonly string[];
  readonly degraded?: readonly string[];
}

/** An application in this process, with one handler of a stream. */
export class StreamWorker {
  /** Every start of the handler, in order. */
  readonly started = new Recorder<Run>();
  /** Every end of it, in order; `at` is when it began. */
  readonly finished = new Recorder<Run>();
  readonly log = new LogSink();
  readonly events = new Recorder<RedisFlowEvent>();

  private constructor(private readonly spec: StreamWorkerSpec) {}

  /** It takes messages when this resolves, and is closed with the test at the latest. */
  static async start(stream: string, spec: StreamWorkerSpec): Promise<StreamWorker> {
    const worker = new StreamWorker(spec);
    await worker.open(stream);
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

  health: () => Health = () => ({ status: 'down' });
  close: () => Promise<void> = () => Promise.resolve();

  private async open(stream: string): Promise<void> {
    const run = (context: RedisFlowContext): Promise<unknown> => this.run(context);
    @Controller()
    class FaultHandler {
      @OnStream(stream, this.spec.options ?? {})
      handle(@Ctx() context: RedisFlowContext): Promise<unknown> {
        return run(context);
      }
    }
    const app = await pureApp({
      imports: [TerminusModule],
      controllers: [FaultHandler],
      providers: [RedisFlowHealthIndicator, this.subscription()],
      flow: { ...this.spec.flow },
      logger: this.log,
    });
    this.connect(app);
  }

  /** Before the worker starts, so that nothing is missed. */
  private subscription(): Provider {
    const useFactory = ({ events$ }: RedisFlowEvents) => events$.subscribe(this.events.add);
    return { provide: 'the subscription to the events', inject: [RedisFlowEvents], useFactory };
  }

  private connect(app: INestMicroservice): void {
    const indicator = app.get(RedisFlowHealthIndicator);
    this.health = () => indicator.consumers('flow')['flow'] as Health;
    this.close = () => app.close();
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
