import { Inject, Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { type HandlerMetadata, handlerMetadataOf } from '../decorators/index.js';

/** A decorated method of a class that the application has. */
export interface FoundHandler {
  readonly wrapper: InstanceWrapper;
  readonly host: Type;
  readonly method: string;
  readonly metadata: HandlerMetadata;
}

/** Finds the decorated methods of an application. */
@Injectable()
export class HandlerFinder {
  private readonly scanner = new MetadataScanner();

  constructor(@Inject(DiscoveryService) private readonly discovery: DiscoveryService) {}

  providers(): FoundHandler[] {
    return this.discovery.getProviders().flatMap((wrapper) => this.find(wrapper));
  }

  /** In the order in which Nest's listeners go through them. */
  controllers(): FoundHandler[] {
    return this.discovery.getControllers().flatMap((wrapper) => this.find(wrapper));
  }

  private find(wrapper: InstanceWrapper): FoundHandler[] {
    const instance: unknown = wrapper.isAlias ? undefined : wrapper.instance;
    if (typeof instance !== 'object' || instance === null) return [];
    const prototype = Object.getPrototypeOf(instance) as { constructor: Type } | null;
    if (prototype === null) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
      const metadata = handlerMetadataOf((prototype as unknown as Record<string, unknown>)[method]);
      return metadata === undefined ? [] : [{ wrapper, host: prototype.constructor, method, metadata }];
    });
  }
}
