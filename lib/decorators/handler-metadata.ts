import { UseFilters } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { MessagePattern } from '@nestjs/microservices';
import { PATTERN_METADATA } from '@nestjs/microservices/constants.js';
import { ErrorWatch } from '../delivery/index.js';
import type { MechanismKind } from '../message/index.js';
import type { HandlerDeclaration } from '../options/index.js';

/** The transport of every handler of ours: other strategies leave them alone. Its description names it in traces. */
export const REDIS_FLOW_TRANSPORT = Symbol.for('redis-flow');

const METADATA = Symbol.for('nestjs-redis-flow:handler');
const EXTRAS_KEY = 'nestjs-redis-flow';

/** By the pattern that a declaration is registered with at Nest. */
type DeclarationsByPattern = Readonly<Record<string, HandlerDeclaration>>;

/** What the decorators have written on one method. */
export interface HandlerMetadata {
  readonly declarations: DeclarationsByPattern;
  readonly errors: ErrorWatch;
}

/** What the decorators have written on a method; undefined where it is not ours. */
export function handlerMetadataOf(method: unknown): HandlerMetadata | undefined {
  return typeof method === 'function'
    ? (Reflect.getMetadata(METADATA, method) as HandlerMetadata | undefined)
    : undefined;
}

/** The same, as it comes through Nest's listeners. */
export function handlerMetadataIn(extras: Record<string, unknown>): HandlerMetadata | undefined {
  return extras[EXTRAS_KEY] as HandlerMetadata | undefined;
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

/** No target at all is declared as an empty one, which is refused at bootstrap with its owner's name. */
function namesOf(targets: string | readonly string[]): readonly string[] {
  const names = [targets].flat() as string[];
  return names.length === 0 ? [''] : names;
}

/**
 * Writes one declaration for each target, beside those of other decorators on the same method. Nest keeps one
 * `MessagePattern` for a method, so it is written anew each time, with the patterns of all. An `EventPattern` would say
 * the same, but Nest's listeners put one more asynchronous function around such a handler, to chain those of one pattern
 * (`listeners-controller.js` in @nestjs/microservices).
 */
export function declareHandler(
  mechanism: MechanismKind,
  targets: string | readonly string[],
  options: HandlerDeclaration['options'],
): MethodDecorator {
  return (target, key, descriptor) => {
    const method = descriptor.value as object;
    const before = handlerMetadataOf(method);
    const errors = before?.errors ?? new ErrorWatch();
    const ours = before?.declarations ?? {};
    const handler = { owner: `${target.constructor.name}.${String(key)}`, method: String(key), mechanism };
    const all: Record<string, HandlerDeclaration> = { ...ours };
    for (const name of namesOf(targets)) {
      all[newPattern(all, `${mechanism}:${name}`)] = { ...handler, target: name, options: options ?? {} };
    }
    const metadata: HandlerMetadata = { declarations: all, errors };
    Reflect.defineMetadata(METADATA, metadata, method);
    if (before === undefined) UseFilters(errors.filter)(target, key, descriptor);
    declarePayload(target, key);
    const patterns = [...foreignPatterns(method, ours), ...Object.keys(all)];
    const register = MessagePattern(patterns, REDIS_FLOW_TRANSPORT, { [EXTRAS_KEY]: metadata }) as MethodDecorator;
    register(target, key, descriptor);
  };
}
