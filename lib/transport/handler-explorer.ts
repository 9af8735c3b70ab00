import { Logger } from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/constants.js';
import { type DiscoveryService, MetadataScanner, type ModulesContainer } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { DEFAULT_CONNECTION, declarationsOf } from '../decorators/index.js';
import { OriginalErrorFilter } from '../delivery/index.js';
import { InvalidOptionError, UnknownConnectionError } from '../errors/index.js';
import type { HandlerDeclaration } from '../options/index.js';
import type { ConsumerRunner } from './consumer-runner.js';
import { findInstances } from './find-instances.js';
import type { ProviderHandlers } from './provider-handler.js';
import { RedisFlowStrategy } from './redis-flow.strategy.js';

interface Found {
  readonly wrapper: InstanceWrapper;
  readonly method: string;
  readonly declaration: HandlerDeclaration;
}

/** Finds the decorated methods of an application and registers those of providers; controllers' come through Nest's listeners. */
export class HandlerExplorer {
  private readonly logger = new Logger('RedisFlowModule');
  private readonly scanner = new MetadataScanner();

  constructor(
    private readonly name: string,
    private readonly discovery: DiscoveryService,
    private readonly modules: ModulesContainer,
    private readonly handlers: ProviderHandlers,
    private readonly runner: ConsumerRunner,
  ) {
    // Before Nest binds any handler, as it looks at a method's filters then.
    for (const { wrapper, method } of this.find([...discovery.getProviders(), ...discovery.getControllers()]))
      askWitnessFirst((wrapper.instance as Record<string, object>)[method] as object);
  }

  /** @throws what is wrong with a provider's handler, or UnknownConnectionError for any handler. */
  explore(): void {
    const strategies = findInstances(this.modules, RedisFlowStrategy).map(({ name }) => name);
    if (strategies.filter((name) => name === this.name).length > 1) {
      throw new InvalidOptionError('RedisFlowModule', 'name', this.name, 'a name that no other RedisFlowModule has');
    }
    const providers = this.find(this.discovery.getProviders());
    const controllers = this.find(this.discovery.getControllers());
    for (const { declaration } of [...providers, ...controllers]) assertConnection(declaration, strategies);
    for (const { wrapper, method, declaration } of providers.filter((found) => this.isOurs(found))) {
      this.runner.add(declaration, this.handlers.bind(wrapper, method), 'provider');
    }
    this.warnAboutUnserved(controllers.filter((found) => this.isOurs(found)));
  }

  private isOurs({ declaration }: Found): boolean {
    return (declaration.options.connection ?? DEFAULT_CONNECTION) === this.name;
  }

  private find(wrappers: readonly InstanceWrapper[]): Found[] {
    return wrappers.flatMap((wrapper) => {
      const instance: unknown = wrapper.isAlias ? undefined : wrapper.instance;
      if (typeof instance !== 'object' || instance === null) return [];
      const prototype = Object.getPrototypeOf(instance) as object | null;
      if (prototype === null) return [];
      return this.scanner.getAllMethodNames(prototype).flatMap((method) =>
        declarationsOf((prototype as Record<string, unknown>)[method]).map((declaration) => ({
          wrapper,
          method,
          declaration: { ...declaration, owner: `${prototype.constructor.name}.${method}` },
        })),
      );
    });
  }

  /** Nobody may have asked Nest to serve the controllers, and that would be silent. */
  private warnAboutUnserved(controllers: readonly Found[]): void {
    const [first] = controllers;
    if (first === undefined || !this.runner.options.consume || this.runner.hasControllers) return;
    const { owner } = first.declaration;
    this.logger.warn(
      `${owner} and ${controllers.length - 1} other handlers on controllers are not served: call connectRedisFlow(app) before app.listen()`,
    );
  }
}

/** Of a method's filters the last is asked first; a decorator above ours has put its own after the one that only looks. */
function askWitnessFirst(method: object): void {
  const filters = (Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, method) ?? []) as unknown[];
  const isWitness = (filter: unknown): boolean => filter instanceof OriginalErrorFilter;
  const ordered = [...filters.filter((filter) => !isWitness(filter)), ...filters.filter(isWitness)];
  Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, ordered, method);
}

function assertConnection({ owner, options }: HandlerDeclaration, known: readonly string[]): void {
  const connection: unknown = options.connection ?? DEFAULT_CONNECTION;
  // Nobody would serve it, so nobody else would refuse it.
  if (typeof connection !== 'string')
    throw new InvalidOptionError(owner, 'connection', connection, 'a non-empty string');
  if (known.includes(connection)) return;
  throw new UnknownConnectionError(owner, connection, known);
}
