import { Logger, type Type } from '@nestjs/common';
import { DuplicateHandlerError, InvalidOptionError } from '../errors/index.js';
import type { HandlerDeclaration, ResolvedOptions, ResolvedStreamOptions } from '../options/index.js';

interface Registered {
  readonly owner: string;
  readonly host: Type | undefined;
}

const ADVICE = {
  stream: 'Give them different groups if both are to see every message.',
  queue: 'Use a stream with two groups if both are to see every message.',
} as const;

type Reader = ResolvedStreamOptions & { readonly reader: NonNullable<ResolvedStreamOptions['reader']> };

const isReader = (options: ResolvedOptions): options is Reader =>
  options.mechanism === 'stream' && options.reader !== undefined;

/** With whom a handler shares the messages of its target. */
function sharerOf(options: ResolvedOptions): string {
  if (isReader(options)) return ' as a reader';
  return options.mechanism === 'stream' ? ` in group "${options.group}"` : '';
}

/** Who handles what. Finds doubles, and gives consumers that share a target and group names of their own. */
export class HandlerRegistry {
  private readonly logger = new Logger('RedisFlowModule');
  private readonly byTarget = new Map<string, readonly Registered[]>();
  private readonly checkpoints = new Set<string>();

  constructor(private readonly consumer: string) {}

  /**
   * @returns the consumer's name.
   * @throws DuplicateHandlerError.
   */
  register(declaration: HandlerDeclaration, options: ResolvedOptions, host: Type | undefined): string {
    const { owner, mechanism, target } = declaration;
    const what = `${mechanism} "${target}"${sharerOf(options)}`;
    const others = this.byTarget.get(what) ?? [];
    // Two classes may have the same name.
    if (others.some((other) => other.owner === owner && other.host === host))
      throw new DuplicateHandlerError(owner, what);
    this.claimCheckpoint(declaration, options);
    const [first] = others;
    if (first !== undefined && mechanism !== 'channel' && !isReader(options)) {
      const advice = ADVICE[mechanism];
      this.logger.warn(`${owner} and ${first.owner} share ${what}: each message goes to one of them. ${advice}`);
    }
    this.byTarget.set(what, [...others, { owner, host }]);
    return others.length === 0 ? this.consumer : `${this.consumer}:${others.length + 1}`;
  }
  /** Two readers that keep their place under one name would each lose what the other one has passed. */
  private claimCheckpoint({ owner, target }: HandlerDeclaration, options: ResolvedOptions): void {
    const checkpoint = isReader(options) ? options.reader.checkpoint : undefined;
    if (checkpoint === undefined) return;
    const place = JSON.stringify([target, checkpoint]);
    if (this.checkpoints.has(place)) {
      const allowed = `a name that no other reader of the stream "${target}" has`;
      throw new InvalidOptionError(owner, 'reader.checkpoint', checkpoint, allowed);
    }
    this.checkpoints.add(place);
  }
}
