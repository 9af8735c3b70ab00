import type { ModulesContainer } from '@nestjs/core';
import { DEFAULT_CONNECTION } from '../decorators/index.js';
import { InvalidOptionError, UnknownConnectionError } from '../errors/index.js';
import { type HandlerDeclaration, ownedBy } from '../options/index.js';
import type { ConsumerRunner } from './consumer-runner.js';
import { findInstances } from './find-instances.js';
import type { HandlerFilters } from './handler-filters.js';
import type { FoundHandler, HandlerFinder } from './handler-finder.js';
import { ownerOf, stockMethods } from './patterns/stock-methods.js';
import type { ProviderHandlers } from './provider-handlers.js';
import { RedisFlowStrategy } from './redis-flow.strategy.js';

/** Checks the handlers of an application and registers those of providers; controllers' come through Nest's listeners. */
export class HandlerExplorer {
  constructor(
    private readonly finder: HandlerFinder,
    private readonly modules: ModulesContainer,
    private readonly handlers: ProviderHandlers,
    private readonly filters: HandlerFilters,
    private readonly runner: ConsumerRunner,
  ) {}

  /** @throws what is wrong with a provider's handler, or UnknownConnectionError for any handler. */
  explore(): void {
    const { name: ownName, consume } = this.runner.options;
    const strategies = findInstances(this.modules, RedisFlowStrategy).map(({ name }) => name);
    if (strategies.filter((name) => name === ownName).length > 1) {
      throw new InvalidOptionError('RedisFlowModule', 'name', ownName, 'a name that no other RedisFlowModule has');
    }
    const providers = this.finder.providers();
    const controllers = this.finder.controllers();
    for (const found of [...providers, ...controllers]) {
      for (const declaration of ownersOf(found)) assertConnection(declaration, strategies);
    }
    for (const found of providers) this.register(found);
    const ours = controllers.flatMap(ownersOf).filter((declaration) => this.isOurs(declaration));
    if (consume) this.runner.controllers.expect([...ours.map(({ owner }) => owner), ...this.stockOwners()]);
  }

  private register(found: FoundHandler): void {
    const { wrapper, host, method, metadata } = found;
    const declarations = Object.values(metadata.declarations).filter((declaration) => this.isOurs(declaration));
    if (declarations.length === 0) return;
    const { errors } = metadata;
    this.filters.askOursFirst(found);
    this.filters.bind(errors);
    const invoke = this.handlers.bind(wrapper, method);
    for (const declaration of declarations) this.runner.add({ declaration, host, invoke, errors, origin: 'provider' });
  }

  private isOurs({ options }: HandlerDeclaration): boolean {
    return (options.connection ?? DEFAULT_CONNECTION) === this.runner.options.name;
  }

  /** Handlers of Nest's own decorators, where they are to be served. */
  private stockOwners(): string[] {
    if (this.runner.options.patterns === undefined) return [];
    return stockMethods(this.finder.controllerMethods()).map(ownerOf);
  }
}

const ownersOf = ({ host, metadata }: FoundHandler): HandlerDeclaration[] =>
  Object.values(metadata.declarations).map((declaration) => ownedBy(declaration, host));

function assertConnection({ owner, options }: HandlerDeclaration, known: readonly string[]): void {
  const connection: unknown = options.connection ?? DEFAULT_CONNECTION;
  // Nobody would serve it, so nobody else would refuse it.
  if (typeof connection !== 'string') {
    throw new InvalidOptionError(owner, 'connection', connection, 'a non-empty string');
  }
  if (!known.includes(connection)) throw new UnknownConnectionError(owner, connection, known);
}
