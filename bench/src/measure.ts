import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Source } from './consumer.interface.js';
import type { ContenderName } from './contenders.js';
import type { Took } from './tally.js';
import type { Report } from './worker.js';

/** The longest that one measurement may take, in ms. */
const WATCHDOG = 30_000;
const END_WITHIN = 5_000;

/** A contender's process. It lives for all rounds, so that its code is warm. */
export class Worker {
  private readonly child: ChildProcess;

  constructor(private readonly name: ContenderName) {
    this.child = fork(new URL('worker.js', import.meta.url), [name]);
    // What could not be sent to it is noticed by its end.
    this.child.on('error', () => undefined);
  }

  /**
   * Has the contender handle everything there is. `onListening` is called when it takes messages.
   *
   * @throws when a message was not handled and settled in time, or when the process ends.
   */
  measure(source: Source, onListening: () => Promise<unknown>): Promise<Took> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => end(() => reject(new Error(`${this.name}: ${why}`)));
      const onReport = (report: Report): void => {
        if (report.type === 'failed') fail(report.why);
        else if (report.type === 'measured') end(() => resolve(report.took));
        else onListening().catch((error: unknown) => fail(String(error)));
      };
      const onExit = (): void => fail('its process has ended');
      const late = (): void => fail(`not every message was handled and settled within ${WATCHDOG / 1_000} s`);
      const timer = setTimeout(late, WATCHDOG);
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.child.off('message', onReport).off('exit', onExit);
        settle();
      };
      this.child.on('message', onReport).once('exit', onExit);
      if (this.hasEnded) onExit();
      else this.child.send(source);
    });
  }

  /** Lets the process end by itself. @throws when something keeps it alive. */
  async end(): Promise<void> {
    if (this.hasEnded) return;
    const timer = setTimeout(() => this.kill(), END_WITHIN);
    this.child.disconnect();
    await once(this.child, 'exit');
    clearTimeout(timer);
    if (this.child.exitCode !== 0) throw new Error(`${this.name}: its process did not end by itself`);
  }

  kill(): void {
    if (!this.hasEnded) this.child.kill('SIGKILL');
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
