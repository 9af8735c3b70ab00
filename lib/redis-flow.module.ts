import { type DynamicModule, Inject, Module, type Provider } from '@nestjs/common';
import { DiscoveryModule, ModuleRef, ModulesContainer } from '@nestjs/core';
import { RedisConnection } from './connection/index.js';
import { DEFAULT_CONNECTION, tokenOf } from './decorators/index.js';
import { RedisFlowEvents } from './events/index.js';
import {
  type ASYNC_OPTIONS_TYPE,
  type OPTIONS_TYPE,
  RedisFlowCoreModule,
  type RedisFlowModuleExtras,
  resolvedOptionsToken,
} from './redis-flow-core.module.js';
import {
  ConsumerRunner,
  ControllerHandlers,
  HandlerExplorer,
  HandlerFilters,
  HandlerFinder,
  PolicyMaker,
  ProviderHandlers,
  RedisFlowLifecycle,
  RedisFlowStrategy,
} from './transport/index.js';

/** The token of the strategy of a connection. */
export const getRedisFlowStrategyToken = (name?: string): ReturnType<typeof tokenOf> =>
  tokenOf(RedisFlowStrategy, name);

function consumingProviders(name: string): Provider[] {
  const connection = tokenOf(RedisConnection, name);
  const runner = tokenOf(ConsumerRunner, name);
  return [
    HandlerFinder,
    HandlerFilters,
    ControllerHandlers,
    ProviderHandlers,
    { provide: PolicyMaker, inject: [ModuleRef], useFactory: (moduleRef: ModuleRef) => new PolicyMaker(moduleRef) },
    {
      provide: runner,
      inject: [resolvedOptionsToken(name), connection, PolicyMaker, RedisFlowEvents],
      useFactory: (...parts: ConstructorParameters<typeof ConsumerRunner>) => new ConsumerRunner(...parts),
    },
    {
      provide: getRedisFlowStrategyToken(name),
      inject: [runner, connection, ControllerHandlers],
      useFactory: (...parts: ConstructorParameters<typeof RedisFlowStrategy>) => new RedisFlowStrategy(...parts),
    },
    {
      provide: HandlerExplorer,
      inject: [HandlerFinder, ModulesContainer, ProviderHandlers, HandlerFilters, runner],
      useFactory: (...parts: ConstructorParameters<typeof HandlerExplorer>) => new HandlerExplorer(...parts),
    },
    {
      provide: RedisFlowLifecycle,
      inject: [HandlerExplorer, runner, connection],
      useFactory: (...parts: ConstructorParameters<typeof RedisFlowLifecycle>) => new RedisFlowLifecycle(...parts),
    },
  ];
}

function compose(core: DynamicModule, extras: RedisFlowModuleExtras): DynamicModule {
  const { name = DEFAULT_CONNECTION, isGlobal = true } = extras;
  return {
    module: RedisFlowModule,
    global: isGlobal,
    imports: [core, DiscoveryModule],
    providers: consumingProviders(name),
    exports: [core, getRedisFlowStrategyToken(name)],
  };
}

/**
 * Publishes to Redis and handles what comes from it.
 *
 * Its options are validated when the application is created: `InvalidOptionError` and `OptionNotAvailableError` name the
 * option, its value and what is allowed.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [RedisFlowModule.forRoot({ connection: 'redis://127.0.0.1:6379', group: 'orders-service' })],
 *   controllers: [OrdersController],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class RedisFlowModule {
  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    // Hooks run by a module's distance from the root: the farthest is initialised first and destroyed last
    // (`nest-application-context.js` in @nestjs/core). Consumers come last and go first; connections the other way round.
    for (const module of modules.values()) {
      if (module.metatype === RedisFlowModule) module.distance = -1;
      if (module.metatype === RedisFlowCoreModule) module.distance = Infinity;
    }
  }

  /**
   * Connects to one Redis. For several, import the module once for each, with a `name`.
   *
   * The application starts also while Redis is away. What is wrong with the options is thrown while Nest makes the
   * application, by `NestFactory.create` or `compile()`. What is wrong with a handler is thrown by `connectRedisFlow` or at
   * the start of the application.
   *
   * @param options `connection` is required. `name` (default `'default'`) and `isGlobal` (default true) stand among them.
   * @throws InvalidOptionError and OptionNotAvailableError, in that way.
   */
  static forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return compose(RedisFlowCoreModule.forRoot(options), options);
  }

  /** With `useFactory`, `useClass` (having `createRedisFlowOptions`) or `useExisting`; `name` and `isGlobal` stand beside it. */
  static forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return compose(RedisFlowCoreModule.forRootAsync(options), options);
  }
}
