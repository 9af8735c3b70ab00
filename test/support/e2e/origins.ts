import type { ModuleMetadata, Provider, Type } from '@nestjs/common';

/** Handlers live on controllers or on providers, and behave the same on both. */
export const ORIGINS = ['controller', 'provider'] as const;

export type Origin = (typeof ORIGINS)[number];

/** A module's metadata with the handlers' classes, marked `@Controller()`, on the one or the other. */
export function placed(origin: Origin, handlers: Type | Type[], others: Provider[] = []): ModuleMetadata {
  const types = [handlers].flat();
  return origin === 'controller' ? { controllers: types, providers: others } : { providers: [...types, ...others] };
}
