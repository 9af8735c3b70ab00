import { ConfigurableModuleBuilder, Module, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { RedisConnection } from './connection/index.js';
import { DEFAULT_CONNECTION, tokenOf } from './decorators/index.js';
import { RedisFlowEvents } from './events/index.js';
import { RedisFlows } from './flows/index.js';
import { type RedisFlowOptions, type ResolvedModuleOptions, resolveModuleOptions } from './options/index.js';
import { RedisPublisher } from './publisher/index.js';
import { RedisFlowEventsModule } from './redis-flow-events.module.js';

/** What can be said beside the options, as it must be known before they are. */
export interface RedisFlowModuleExtras {
  /** Whether the publisher is injectable everywhere without importing the module. @default true */
  isGlobal?: boolean;
  /** The connection's name, where an application has several. @default 'default' */
  name?: string;
}

/** The validated options of a connection. */
export const resolvedOptionsToken = (name: string): string => `RedisFlowOptions:${name}`;

/** Closes the connection when everything else is done: its module is the last to be destroyed. */
class ClosingConnection extends RedisConnection implements OnApplicationShutdown {
  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}

function createConnection(options: ResolvedModuleOptions, { report }: RedisFlowEvents): RedisConnection {
  const connection = new ClosingConnection(options);
  connection.state.onChange((isUp, reason) => {
    report({ type: 'connection', connection: options.name, isUp, ...(isUp ? {} : { reason }) });
  });
  return connection;
}

function coreProviders(name: string, optionsToken: string | symbol): Provider[] {
  const resolved = resolvedOptionsToken(name);
  const connection = tokenOf(RedisConnection, name);
  return [
    {
      provide: resolved,
      inject: [optionsToken],
      useFactory: (options: RedisFlowOptions) => resolveModuleOptions(name, options),
    },
    { provide: connection, inject: [resolved, RedisFlowEvents], useFactory: createConnection },
    {
      provide: tokenOf(RedisPublisher, name),
      inject: [connection, resolved, RedisFlowEvents],
      useFactory: (owner: RedisConnection, { codec }: ResolvedModuleOptions, { report }: RedisFlowEvents) =>
        new RedisPublisher(owner, codec, report),
    },
    {
      provide: tokenOf(RedisFlows, name),
      inject: [connection, resolved, RedisFlowEvents],
      useFactory: (owner: RedisConnection, { codec }: ResolvedModuleOptions, { report }: RedisFlowEvents) =>
        new RedisFlows(owner, codec, report),
    },
  ];
}

const OPTIONS_TOKEN = Symbol('RedisFlowOptions');

/** The generated `forRoot` and `forRootAsync`, with useFactory, useClass and useExisting. */
export const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<RedisFlowOptions>({ moduleName: 'RedisFlow', optionsInjectionToken: OPTIONS_TOKEN })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createRedisFlowOptions')
    .setExtras<RedisFlowModuleExtras>({ isGlobal: true, name: DEFAULT_CONNECTION }, (definition, extras) => {
      const { name = DEFAULT_CONNECTION, isGlobal = true } = extras;
      const providers = coreProviders(name, OPTIONS_TOKEN);
      const injectables = [RedisConnection, RedisPublisher, RedisFlows].map((type) => tokenOf(type, name));
      const tokens = [resolvedOptionsToken(name), ...injectables];
      return {
        ...definition,
        global: isGlobal,
        imports: [...(definition.imports ?? []), RedisFlowEventsModule],
        providers: [...(definition.providers ?? []), ...providers],
        exports: tokens,
      };
    })
    .build();

/** Connection, publisher and flows of one Redis. */
@Module({})
export class RedisFlowCoreModule extends ConfigurableModuleClass {}
