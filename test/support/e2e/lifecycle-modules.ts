import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Global,
  Module,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
  type Provider,
  type Type,
} from '@nestjs/common';
import { RedisFlowModule, type RedisFlowOptions, RedisPublisher } from 'nestjs-redis-flow';
import type { Recorder } from '../recorder.js';
import { redisUrl } from '../redis.js';

const SLOW = 30;

/** A user's provider with every hook: slow ones at the start, publishing ones at the end. */
class Noting
  implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    private readonly name: string,
    private readonly events: Recorder<string>,
    private readonly publisher: RedisPublisher,
    private readonly journal: string,
  ) {}

  async onModuleInit(): Promise<void> {
    await sleep(SLOW);
    this.events.add(`${this.name}: init`);
  }

  async onApplicationBootstrap(): Promise<void> {
    await sleep(SLOW);
    this.events.add(`${this.name}: bootstrap`);
  }

  onModuleDestroy(): Promise<void> {
    return this.end('destroy');
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.end('before shutdown');
  }

  onApplicationShutdown(): Promise<void> {
    return this.end('shutdown');
  }

  private async end(hook: string): Promise<void> {
    this.events.add(`${this.name}: ${hook}`);
    await this.publisher.append(this.journal, `${this.name}: ${hook}`);
  }
}

export interface LifecycleSpec {
  readonly events: Recorder<string>;
  /** The stream that the hooks of the end publish to. */
  readonly journal: string;
  readonly handlers: ModuleMetadata;
  readonly flow?: Partial<RedisFlowOptions>;
}

/** The names of the modules that `lifecycleModule` notes the hooks of. */
export const NOTED = ['shared', 'feature', 'app'] as const;

/** An application of a global, a feature and a root module, each with all hooks. The handlers are in the feature. */
export function lifecycleModule({ events, journal, handlers, flow }: LifecycleSpec): Type {
  const noting = (name: (typeof NOTED)[number]): Provider => ({
    provide: `Noting ${name}`,
    inject: [RedisPublisher],
    useFactory: (publisher: RedisPublisher) => new Noting(name, events, publisher, journal),
  });
  const { controllers = [], providers = [] } = handlers;

  @Global()
  @Module({ providers: [noting('shared')] })
  class SharedModule {}

  @Module({ controllers, providers: [...providers, noting('feature')] })
  class FeatureModule {}

  const redis = RedisFlowModule.forRoot({ connection: redisUrl(), group: 'test', ...flow });
  @Module({ imports: [redis, FeatureModule, SharedModule], providers: [noting('app')] })
  class AppModule {}

  return AppModule;
}
