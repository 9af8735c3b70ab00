import type { OnApplicationBootstrap, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { RedisConnection } from '../connection/index.js';
import type { ConsumerRunner } from './consumer-runner.js';
import type { HandlerExplorer } from './handler-explorer.js';

/**
 * Ties the consumers of one connection to the application's life. Its module is the last to be initialised and the first
 * to be destroyed, so handlers start when everything they need is there, and end before any of it goes.
 */
export class RedisFlowLifecycle implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly explorer: HandlerExplorer,
    private readonly runner: ConsumerRunner,
    private readonly connection: RedisConnection,
  ) {}

  onModuleInit(): void {
    this.explorer.explore();
    this.connection.connect();
  }

  onApplicationBootstrap(): Promise<void> {
    return this.runner.bootstrapped();
  }

  onModuleDestroy(): Promise<void> {
    return this.runner.stop();
  }
}
