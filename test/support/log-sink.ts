import type { LoggerService } from '@nestjs/common';
import { Recorder } from './recorder.js';

export interface LogLine {
  readonly level: 'log' | 'warn' | 'error';
  readonly context: string;
  readonly text: string;
}

/** Keeps what is logged, with the context that Nest puts last. */
export class LogSink implements LoggerService {
  readonly lines = new Recorder<LogLine>();
  readonly log = this.keep('log');
  readonly warn = this.keep('warn');
  readonly error = this.keep('error');

  /** The texts of one of the library's own loggers. */
  of(context: string, level?: LogLine['level']): string[] {
    const lines = this.lines.items.filter((line) => line.context === context && (level ?? line.level) === line.level);
    return lines.map(({ text }) => text);
  }

  /** The lines of some of them, in order, each with its level in front. */
  withLevels(...contexts: string[]): string[] {
    const lines = this.lines.items.filter(({ context }) => contexts.includes(context));
    return lines.map(({ level, text }) => `${level}: ${text}`);
  }

  private keep(level: LogLine['level']) {
    return (message: unknown, ...rest: unknown[]): void =>
      this.lines.add({ level, context: String(rest.at(-1)), text: String(message) });
  }
}
