import type { Type } from '@nestjs/common';

/** The name of the connection of a module without a name. */
export const DEFAULT_CONNECTION = 'default';

/** What a class is injected by: itself for the unnamed connection, a text with the connection's name for the others. */
export const tokenOf = <T extends abstract new (...args: never[]) => unknown>(
  type: T,
  name = DEFAULT_CONNECTION,
): string | Type => (name === DEFAULT_CONNECTION ? (type as unknown as Type) : `${type.name}:${name}`);
