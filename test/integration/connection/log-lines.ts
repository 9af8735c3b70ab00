import type { LoggerService } from '@nestjs/common';
import { Recorder } from '../../support/recorder.js';

export interface Line {
  readonly level: string;
  readonly text: string;
  readonly context: string;
}

/** A logger of Nest that keeps what it gets. */
export class LogLines implements LoggerService {
  readonly lines = new Recorder<Line>();
  readonly log = this.keep('log');
  readonly warn = this.keep('warn');
  readonly error = this.keep('error');
  readonly debug = this.keep('debug');

  of(...contexts: string[]): string[] {
    return this.lines.items
      .filter(({ context }) => contexts.includes(context))
      .map(({ level, text }) => `${level}: ${text}`);
  }

  private keep(level: string) {
    return (message: unknown, ...more: unknown[]): void =>
      this.lines.add({ level, text: String(message), context: String(more.at(-1)) });
  }
}
