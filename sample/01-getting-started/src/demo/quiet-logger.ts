import { ConsoleLogger, type LoggerService } from '@nestjs/common';

/** Where Nest and the library log what became of single messages; the account tells it already. */
const ABOUT_MESSAGES = ['RedisFlowDelivery', 'ExceptionsHandler', 'RpcExceptionsHandler'];

/** Shows warnings and errors, except those about single messages: they are kept, to be shown when something is wrong. */
export class QuietLogger implements LoggerService {
  isMuted = false;
  private readonly output = new ConsoleLogger();
  private kept: (() => void)[] = [];

  /** Of good news only the library's is of interest, such as that Redis is back. */
  log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    if (String(context).startsWith('RedisFlow')) this.show(context, () => this.output.log(message, ...rest));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.show(rest.at(-1), () => this.output.warn(message, ...rest));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.show(rest.at(-1), () => this.output.error(message, ...rest));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.output.fatal(message, ...rest);
  }

  /** Shows what was kept. */
  reveal(): void {
    if (this.kept.length > 0) this.output.log('What was logged about single messages until now:');
    for (const write of this.kept.splice(0)) write();
  }

  private show(context: unknown, write: () => void): void {
    if (this.isMuted) return;
    if (ABOUT_MESSAGES.includes(String(context))) this.kept = [...this.kept.slice(-99), write];
    else write();
  }
}
