import { Inject, Injectable, type Type } from '@nestjs/common';
import type { HandlerDeclaration } from '../options/index.js';
import { HandlerFilters } from './handler-filters.js';
import { HandlerFinder } from './handler-finder.js';
import { markStockMethods } from './patterns/stock-methods.js';

/** What Nest's listeners do not tell about the controllers' handlers that they hand over. */
@Injectable()
export class ControllerHandlers {
  private readonly hosts = new Map<HandlerDeclaration, Type[]>();

  constructor(
    @Inject(HandlerFinder) private readonly finder: HandlerFinder,
    @Inject(HandlerFilters) readonly filters: HandlerFilters,
  ) {
    for (const found of finder.controllers()) {
      filters.askOursFirst(found);
      for (const declaration of Object.values(found.metadata.declarations)) {
        this.hosts.set(declaration, [...(this.hosts.get(declaration) ?? []), found.host]);
      }
    }
  }

  /** The same for stock handlers, for a connection that serves them. @param over what carries their messages. */
  markStock(over: 'channel' | 'stream'): void {
    markStockMethods(this.finder.controllerMethods(), this.filters, over === 'stream');
  }

  /**
   * The class whose handler is handed over now. Classes that inherit one method share its declarations, and Nest goes
   * through them in the order in which they were found.
   */
  nextHost(declaration: HandlerDeclaration): Type | undefined {
    const [host, ...others] = this.hosts.get(declaration) ?? [];
    this.hosts.set(declaration, others);
    return host;
  }
}
