import { Inject, Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { type HandlerMetadata, handlerMetadataOf } from '../decorators/index.js';

/** A method of a class that the application has. */
export interface FoundMethod {
  readonly wrapper: InstanceWrapper;
  readonly host: Type;
  readonly method: string;
}

/** One that is decorated. */
export interface FoundHandler extends FoundMethod {
  readonly metadata: HandlerMetadata;
}

/** Finds the methods of an application. */
@Injectable()
export class HandlerFinder {
  private readonly scanner = new MetadataScanner();

  constructor(@Inject(DiscoveryService) private readonly discovery: DiscoveryService) {}

  providers(): FoundHandler[] {
    return onePerInstance(this.discovery.getProviders()).flatMap((wrapper) => this.find(wrapper));
  }

  /** In the order in which Nest's listeners go through them. */
  controllers(): FoundHandler[] {
    return this.discovery.getControllers().flatMap((wrapper) => this.find(wrapper));
  }

  /** All methods of controllers, decorated or not. */
  controllerMethods(): FoundMethod[] {
    return this.discovery.getControllers().flatMap((wrapper) => this.methodsOf(wrapper));
  }

  private find(wrapper: InstanceWrapper): FoundHandler[] {
    return this.methodsOf(wrapper).flatMap((found) => {
      const metadata = handlerMetadataOf((found.host.prototype as Record<string, unknown>)[found.method]);
      return metadata === undefined ? [] : [{ ...found, metadata }];
    });
  }

  private methodsOf(wrapper: InstanceWrapper): FoundMethod[] {
    const instance: unknown = wrapper.instance;
    if (typeof instance !== 'object' || instance === null) return [];
    const prototype = Object.getPrototypeOf(instance) as { constructor: Type } | null;
    if (prototype === null) return [];
    const methods = this.scanner.getAllMethodNames(prototype);
    return methods.map((method) => ({ wrapper, host: prototype.constructor, method }));
  }
}

/** A factory or a value may give an instance under a second token. Whose class Nest made knows its module's enhancers. */
function onePerInstance(wrappers: readonly InstanceWrapper[]): InstanceWrapper[] {
  const found = new Map<unknown, InstanceWrapper>();
  for (const wrapper of wrappers) {
    if (wrapper.isAlias) continue;
    const known = found.get(wrapper.instance);
    if (known === undefined || (known.isNotMetatype && !wrapper.isNotMetatype)) found.set(wrapper.instance, wrapper);
  }
  return [...found.values()];
}
