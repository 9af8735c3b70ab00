import { Inject, Injectable } from '@nestjs/common';
import type { HandlerDeclaration } from '../options/index.js';
import { HandlerFilters } from './handler-filters.js';
import { type FoundHandler, HandlerFinder } from './handler-finder.js';
import { markStockMethods } from './patterns/stock-methods.js';

/** What Nest's listeners do not tell about the controllers' handlers that they hand over. */
@Injectable()
export class ControllerHandlers {
  private readonly found = new Map<HandlerDeclaration, FoundHandler[]>();

  constructor(
    @Inject(HandlerFinder) private readonly finder: HandlerFinder,
    @Inject(HandlerFilters) readonly filters: HandlerFilters,
  ) {
    for (const found of finder.controllers()) {
      filters.askOursFirst(found);
      for (const declaration of Object.values(found.metadata.declarations)) {
        this.found.set(declaration, [...(this.found.get(declaration) ?? []), found]);
      }
    }
  }

  /** The same for stock handlers, for a connection that serves them. @param over what carries their messages. */
  markStock(over: 'channel' | 'stream'): void {
    markStockMethods(this.finder.controllerMethods(), this.filters, over === 'stream');
  }

  /**
   * The one that is handed over now. Classes that inherit one method share its declarations, and Nest goes through them
   * in the order in which they were found.
   */
  next(declaration: HandlerDeclaration): FoundHandler | undefined {
    const [next, ...others] = this.found.get(declaration) ?? [];
    this.found.set(declaration, others);
    return next;
  }
}
