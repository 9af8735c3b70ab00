import {
  Controller,
  type INestMicroservice,
  type LoggerService,
  type ModuleMetadata,
  type Provider,
} from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import {
  OnStream,
  RedisFlowContext,
  type RedisFlowEvent,
  RedisFlowEvents,
  type RedisFlowOptions,
  type StreamOptions,
} from 'nestjs-redis-flow';
import type { ConsumerStatus } from '../../../lib/mechanisms/index.js';
import { ConsumerRunner } from '../../../lib/transport/index.js';
import { pureApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';

/** The group of workers that name none. */
export const GROUP = 'features';

const SILENT: LoggerService = { log: () => undefined, warn: () => undefined, error: () => undefined };

/** A retry that keeps no test waiting. */
export const FAST = { type: 'fixed', delay: 5 } as const;

type Handle = (context: RedisFlowContext) => unknown;

/** What a test says about a worker beside its handler's options. */
export interface WorkerExtras {
  readonly consumer?: string;
  /** Whether the module is to make the consumer's name: `consumer` of the worker then says nothing. */
  readonly isUnnamed?: boolean;
  readonly flow?: Partial<RedisFlowOptions>;
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly providers?: Provider[];
  readonly logger?: LoggerService;
  /** @default the lab's server */
  readonly url?: string;
}

/** One start of a handler. Of a batch: the data of all. */
export interface Started {
  readonly data: unknown;
  readonly id: string;
  readonly attempt: number;
  /** By the clock of this process, in ms. */
  readonly at: number;
}

type EventOf<T extends RedisFlowEvent['type']> = Extract<RedisFlowEvent, { type: T }>;

/** An application with one handler of the lab's stream. */
export class Worker {
  readonly started = new Recorder<Started>();
  readonly finished = new Recorder<Started>();
  readonly events = new Recorder<RedisFlowEvent>();
  private closing: Promise<void> | undefined;

  constructor(
    readonly consumer: string,
    private readonly app: () => INestMicroservice,
  ) {}

  get data(): unknown[] {
    return this.started.items.map(({ data }) => data);
  }

  get attempts(): number[] {
    return this.started.items.map(({ attempt }) => attempt);
  }

  close(): Promise<void> {
    return (this.closing ??= this.app().close());
  }

  get<T>(type: new (...args: never[]) => T): T {
    return this.app().get<T>(type, { strict: false });
  }

  status(): ConsumerStatus | undefined {
    return this.get(ConsumerRunner).statuses()[0];
  }

  eventsOf<T extends RedisFlowEvent['type']>(type: T): EventOf<T>[] {
    return this.events.items.filter((event): event is EventOf<T> => event.type === type);
  }

  /** Resolves with the events of a type when there are so many. */
  async event<T extends RedisFlowEvent['type']>(type: T, count = 1): Promise<EventOf<T>[]> {
    await this.events.until(() => this.eventsOf(type).length >= count);
    return this.eventsOf(type);
  }
}

/** One row of XPENDING. */
export interface Pending {
  readonly id: string;
  readonly consumer: string;
  readonly idle: number;
  readonly deliveries: number;
}

/** A dead letter as it lies in Redis. */
export interface Letter {
  readonly fields: ReadonlyMap<string, Buffer>;
  readonly headers: Readonly<Record<string, string>>;
}

function letterOf(raw: readonly Buffer[]): Letter {
  const fields = new Map<string, Buffer>();
  for (let index = 0; index + 1 < raw.length; index += 2) fields.set(String(raw[index]), raw[index + 1] as Buffer);
  return { fields, headers: JSON.parse(String(fields.get('$headers') ?? '{}')) as Record<string, string> };
}

/** A stream of its own, a plain client to look at Redis itself, and workers. */
export class StreamLab {
  readonly stream = unique('feature');
  readonly redis: Redis;

  private constructor(readonly url: string) {
    this.redis = plainRedis(url);
    this.redis.on('error', () => undefined);
  }

  static open(url = redisUrl()): StreamLab {
    return new StreamLab(url);
  }

  /** Starts a worker; it reads when this resolves, and is closed with the test at the latest. */
  async worker(
    options: StreamOptions = {},
    handle: Handle = () => undefined,
    extras: WorkerExtras = {},
  ): Promise<Worker> {
    const { consumer = unique('worker'), flow, url = this.url, isUnnamed, providers = [], ...rest } = extras;
    let app: INestMicroservice | undefined;
    const worker = new Worker(consumer, () => app as INestMicroservice);
    const spy = {
      provide: unique('spy'),
      inject: [RedisFlowEvents],
      useFactory: ({ events$ }: RedisFlowEvents) => events$.subscribe(worker.events.add),
    };
    app = await pureApp({
      logger: SILENT,
      ...rest,
      controllers: [controllerOf(this.stream, options, worker, handle)],
      providers: [...providers, spy],
      flow: { connection: url, group: GROUP, ...flow, ...(isUnnamed === true ? {} : { consumer }) },
    });
    return worker;
  }

  /** All in one step, so that no read can come between two of them. @returns the ids. */
  async append(...data: unknown[]): Promise<string[]> {
    const batch = this.redis.multi();
    for (const each of data) batch.xadd(this.stream, '*', '$data', JSON.stringify(each));
    return ((await batch.exec()) ?? []).map(([, id]) => String(id));
  }

  async appendWith(headers: Record<string, string>, data: unknown): Promise<string> {
    const fields = ['$data', JSON.stringify(data), '$headers', JSON.stringify(headers)];
    return String(await this.redis.xadd(this.stream, '*', ...fields));
  }

  /** Makes the group, and hands entries out to a consumer that never does anything with them. */
  async readAs(consumer: string, count = 1000): Promise<void> {
    await this.redis.xgroup('CREATE', this.stream, GROUP, '0', 'MKSTREAM').catch(() => undefined);
    await this.redis.xreadgroup('GROUP', GROUP, consumer, 'COUNT', count, 'STREAMS', this.stream, '>');
  }

  async pending(group = GROUP): Promise<Pending[]> {
    const rows = (await this.redis.xpending(this.stream, group, '-', '+', 1_000)) as [string, string, number, number][];
    return rows.map(([id, consumer, idle, deliveries]) => ({ id, consumer, idle, deliveries }));
  }

  /** Resolves with what is parked when there is so much of it. */
  parked(count: number, group = GROUP): Promise<Pending[]> {
    return whenThereAre(count, async () =>
      (await this.pending(group)).filter(({ consumer }) => consumer === '$parked'),
    );
  }

  /** Resolves when everything that was handed out has found its end. */
  async settled(group = GROUP): Promise<void> {
    await whenThereAre(0, () => this.pending(group));
  }

  async letters(): Promise<Letter[]> {
    const entries = await this.redis.xrangeBuffer(`${this.stream}:dlq`, '-', '+');
    return entries.map(([, fields]) => letterOf(fields));
  }

  /** Resolves with the dead letters when there are so many. */
  lettersWhen(count: number): Promise<Letter[]> {
    return whenThereAre(count, () => this.letters());
  }
}

/** Looks until there are so many. */
function whenThereAre<T>(count: number, look: () => Promise<T[]>): Promise<T[]> {
  return eventually(async () => {
    const found = await look();
    if (found.length !== count) throw new Error(`waited for ${count}, there are ${JSON.stringify(found)}`);
    return found;
  });
}

function controllerOf(stream: string, options: StreamOptions, worker: Worker, handle: Handle) {
  @Controller()
  class FeatureHandler {
    @OnStream(stream, options)
    async handle(@Ctx() context: RedisFlowContext): Promise<unknown> {
      const { message, attempt } = context;
      const record = { data: message.data, id: message.id, attempt, at: performance.now() };
      worker.started.add(record);
      try {
        return await handle(context);
      } finally {
        worker.finished.add(record);
      }
    }
  }
  return FeatureHandler;
}
