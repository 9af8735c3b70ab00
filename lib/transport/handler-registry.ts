import { Logger, type Type } from '@nestjs/common';
import { DuplicateHandlerError } from '../errors/index.js';
import type { HandlerDeclaration, ResolvedOptions } from '../options/index.js';

interface Registered {
  readonly owner: string;
  readonly host: Type | undefined;
}

const ADVICE = {
  stream: 'Give them different groups if both are to see every message.',
  queue: 'Use a stream with two groups if both are to see every message.',
} as const;

/** Who handles what. Finds doubles, and gives consumers that share a target and group names of their own. */
export class HandlerRegistry {
  private readonly logger = new Logger('RedisFlowModule');
  private readonly byTarget = new Map<string, readonly Registered[]>();

  constructor(private readonly consumer: string) {}

  /**
   * @returns the consumer's name.
   * @throws DuplicateHandlerError.
   */
  register(declaration: HandlerDeclaration, options: ResolvedOptions, host: Type | undefined): string {
    const { owner, mechanism, target } = declaration;
    const group = options.mechanism === 'stream' ? ` in group "${options.group}"` : '';
    const what = `${mechanism} "${target}"${group}`;
    const others = this.byTarget.get(what) ?? [];
    // Two classes may have the same name.
    if (others.some((other) => other.owner === owner && other.host === host))
      throw new DuplicateHandlerError(owner, what);
    const [first] = others;
    if (first !== undefined && mechanism !== 'channel') {
      const advice = ADVICE[mechanism];
      this.logger.warn(`${owner} and ${first.owner} share ${what}: each message goes to one of them. ${advice}`);
    }
    this.byTarget.set(what, [...others, { owner, host }]);
    return others.length === 0 ? this.consumer : `${this.consumer}:${others.length + 1}`;
  }
}
