import { EventEmitter, once } from 'node:events';
import type { Logger } from '@nestjs/common';
import type { RedisClient } from './client-inside.js';
import { replyCode } from './redis-errors.js';
import { explainRefusal } from './refusal.js';

/** What Redis refused comes with what to do. Some of Node's errors have a code and no message. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return 'the connection was closed';
  if (replyCode(error) !== undefined) return explainRefusal(error);
  const code = (error as NodeJS.ErrnoException).code;
  return error.message !== '' ? error.message : (code ?? error.name);
};

/** Follows one client: up or down, and why. Logs once per change. */
export class ConnectionState {
  private readonly changes = new EventEmitter().setMaxListeners(0);
  private upSince: number | undefined;
  private downSince: number | undefined;
  private lastError: unknown;
  /** Whether the connection that is there, or is tried, has failed already. */
  private hasFailed = false;
  private isClosing = false;

  constructor(
    private readonly name: string,
    private readonly logger: Logger,
  ) {}

  follow(client: RedisClient): void {
    client.on('connecting', () => (this.hasFailed = false));
    client.on('ready', () => this.setUp());
    client.on('error', (error) => {
      // What follows from the first one says less.
      if (!this.hasFailed) this.lastError = error;
      this.hasFailed = true;
      if (client.status !== 'ready') this.setDown();
    });
    client.on('close', () => this.setDown());
    client.on('end', () => this.setDown());
  }

  get isUp(): boolean {
    return this.upSince !== undefined;
  }

  /** Whether it is known to be down: before the first answer it is neither. */
  get isDown(): boolean {
    return this.downSince !== undefined;
  }

  /** Why it is down, for people. */
  get reason(): string {
    return this.isDown || this.lastError !== undefined ? describe(this.lastError) : 'no answer yet';
  }

  get error(): unknown {
    return this.lastError;
  }

  /** Resolves with true when up, with false after `timeout` ms. */
  async whenUp(timeout: number): Promise<boolean> {
    if (this.isUp) return true;
    return this.next('up', timeout);
  }

  /** Resolves when Redis is known to be away. */
  async whenDown(): Promise<void> {
    while (this.downSince === undefined) await once(this.changes, 'change');
  }

  /** Calls back at every change, with the reason where it went down. */
  onChange(listener: (isUp: boolean, reason: string) => void): void {
    this.changes.on('change', () => listener(this.isUp, this.reason));
  }

  /** From now on, going down is what was asked for, and not worth a word. */
  closing(): void {
    this.isClosing = true;
  }

  private next(event: 'up' | 'change', timeout: number): Promise<boolean> {
    return new Promise((resolve) => {
      const happened = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.changes.off(event, happened);
        resolve(false);
      }, timeout).unref();
      this.changes.once(event, happened);
    });
  }

  private setUp(): void {
    if (this.isUp) return;
    if (this.downSince !== undefined) {
      const seconds = ((Date.now() - this.downSince) / 1_000).toFixed(1);
      this.logger.log(`Connection "${this.name}": Redis is back after ${seconds} s`);
    }
    this.upSince = Date.now();
    this.downSince = undefined;
    this.lastError = undefined;
    this.hasFailed = false;
    this.changes.emit('up');
    this.changes.emit('change');
  }

  private setDown(): void {
    if (this.downSince !== undefined || this.isClosing) return;
    this.upSince = undefined;
    this.downSince = Date.now();
    const isRefused = replyCode(this.lastError) !== undefined;
    const what = isRefused
      ? `Redis refuses it (${this.reason}); trying again until it does not`
      : `Redis is not there (${this.reason}); trying again until it is`;
    this.logger.error(`Connection "${this.name}": ${what}`);
    this.changes.emit('change');
  }
}
