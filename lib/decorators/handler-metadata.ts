import { UseFilters } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { EventPattern } from '@nestjs/microservices';
import { PATTERN_METADATA } from '@nestjs/microservices/constants.js';
import { OriginalErrorFilter } from '../delivery/index.js';
import type { MechanismKind } from '../message/index.js';
import type { HandlerDeclaration } from '../options/index.js';

/** The transport of every handler of ours: other strategies leave them alone. Its description names it in traces. */
export const REDIS_FLOW_TRANSPORT = Symbol.for('redis-flow');

const HANDLERS = Symbol.for('nestjs-redis-flow:handlers');
const EXTRAS_KEY = 'nestjs-redis-flow';

/** By the pattern that a declaration is registered with at Nest. */
type DeclarationsByPattern = Readonly<Record<string, HandlerDeclaration>>;

/** What the decorators have written on a method, in their order. */
export function declarationsOf(method: unknown): readonly HandlerDeclaration[] {
  const isFunction = typeof method === 'function';
  return isFunction ? Object.values((Reflect.getMetadata(HANDLERS, method) ?? {}) as DeclarationsByPattern) : [];
}

/** What the decorators have written, as it comes through Nest's listeners; undefined for handlers that are not ours. */
export function declarationsIn(extras: Record<string, unknown>): DeclarationsByPattern | undefined {
  return extras[EXTRAS_KEY] as DeclarationsByPattern | undefined;
}

/** Nest takes the first argument of a method without parameter decorators for the payload; outside its listeners that has to be said. */
function declarePayload(target: object, key: string | symbol): void {
  const type = target.constructor;
  if (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, key) !== undefined) return;
  Reflect.defineMetadata(ROUTE_ARGS_METADATA, { '3:0': { index: 0, data: undefined, pipes: [] } }, type, key);
}

/** The same target may stand on a method once for each group, and each needs a pattern of its own. */
function newPattern(taken: DeclarationsByPattern, pattern: string): string {
  let count = 1;
  const numbered = (): string => (count === 1 ? pattern : `${pattern}#${count}`);
  while (numbered() in taken) count += 1;
  return numbered();
}

/** What `@EventPattern` or `@MessagePattern` has written. It is kept, so that the strategy sees it and refuses it. */
function foreignPatterns(method: object, ours: DeclarationsByPattern): unknown[] {
  const patterns = (Reflect.getMetadata(PATTERN_METADATA, method) ?? []) as unknown[];
  return patterns.filter((pattern) => !(String(pattern) in ours));
}

/**
 * Writes one declaration for each target, beside those of other decorators on the same method. Nest keeps one
 * `EventPattern` for a method, so it is written anew each time, with the patterns of all.
 */
export function declareHandler(
  mechanism: MechanismKind,
  targets: string | readonly string[],
  options: HandlerDeclaration['options'],
): MethodDecorator {
  return (target, key, descriptor) => {
    const method = descriptor.value as object;
    const before = (Reflect.getMetadata(HANDLERS, method) ?? {}) as DeclarationsByPattern;
    const owner = `${target.constructor.name}.${String(key)}`;
    // No target at all is declared as an empty one, which is refused at bootstrap with its owner's name.
    const named = Array.isArray(targets) && targets.length === 0 ? [''] : [targets].flat();
    const isFirst = Object.keys(before).length === 0;
    const all: Record<string, HandlerDeclaration> = { ...before };
    for (const name of named as string[])
      all[newPattern(all, `${mechanism}:${name}`)] = { owner, mechanism, target: name, options: options ?? {} };
    Reflect.defineMetadata(HANDLERS, all, method);
    if (isFirst) UseFilters(new OriginalErrorFilter())(target, key, descriptor);
    declarePayload(target, key);
    const register = EventPattern([...foreignPatterns(method, before), ...Object.keys(all)], REDIS_FLOW_TRANSPORT, {
      [EXTRAS_KEY]: all,
    }) as MethodDecorator;
    register(target, key, descriptor);
  };
}
