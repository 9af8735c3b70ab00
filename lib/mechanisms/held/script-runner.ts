import type { Logger } from '@nestjs/common';
import { type Argument, type Script, replyCode } from '../../connection/index.js';
import { untilDone } from '../until-done.js';
import { SETTLED } from './settled.js';

/**
 * When the reply to the first try was lost, that a message is not ours any more may well be our own doing. These say what
 * to make of the reply then.
 */
export const inDoubt = {
  state: (reply: unknown): unknown => (reply === SETTLED.notOurs ? SETTLED.done : reply),
  /** For those who can find out more. */
  unclear: (reply: unknown): unknown => (reply === SETTLED.notOurs ? SETTLED.unclear : reply),
  states: (reply: unknown): unknown => (reply as unknown[]).map(inDoubt.state),
  lost: (): unknown => [],
};

/** What is to be tried until it works. */
export interface Attempted {
  /** For people. */
  readonly what: string;
  readonly inDoubt: (reply: unknown) => unknown;
  /** What it answers where the group is not there, and so there is nothing to settle. */
  readonly nothing: unknown;
  /** Called each time that Redis refuses. */
  readonly onRefused?: (error: unknown) => void;
}

/** One script that is to be carried out. */
export interface ScriptRun extends Attempted {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
  /** What it is given when it may have been carried out already. @default the same */
  readonly argsAgain?: readonly Argument[];
}

/** What scripts are run on: a group of a stream, the lists of a queue. */
export interface ScriptHome {
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown>;
}

/** Settles messages until Redis has done it, or there is nothing to settle any more, or nobody waits. */
export class ScriptRunner<H extends ScriptHome = ScriptHome> {
  constructor(
    readonly home: H,
    private readonly isAbandoned: () => boolean,
    private readonly logger: Logger,
  ) {}

  /** @returns the reply, or undefined where nobody waits any more. */
  run(run: ScriptRun): Promise<unknown> {
    const { script, keys, args, argsAgain = args } = run;
    return this.until((isFirst) => this.home.run(script, keys, isFirst ? args : argsAgain), run);
  }

  /** The same for what is more than one script. */
  until(
    send: (isFirst: boolean) => Promise<unknown>,
    { what, inDoubt: reread, nothing, onRefused }: Attempted,
  ): Promise<unknown> {
    let tries = 0;
    const action = async (): Promise<unknown> => {
      tries += 1;
      try {
        const reply = await send(tries === 1);
        return tries === 1 ? reply : reread(reply);
      } catch (error) {
        // The dead letters can be of the wrong type as well, and then nothing may be given up.
        if (replyCode(error) === 'NOGROUP') return nothing;
        if (replyCode(error) !== undefined) onRefused?.(error);
        throw error;
      }
    };
    return untilDone(what, action, this.isAbandoned, this.logger);
  }
}
