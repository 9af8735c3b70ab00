import type { ModulesContainer } from '@nestjs/core';

/** Every instance of a class among an application's providers, each once. */
export function findInstances<T>(modules: ModulesContainer, type: abstract new (...args: never[]) => T): T[] {
  const found = new Set<T>();
  for (const module of modules.values()) {
    for (const { instance } of module.providers.values()) if (instance instanceof type) found.add(instance as T);
  }
  return [...found];
}
