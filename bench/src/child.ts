import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Report } from './worker/serve.js';

/** The longest that one measurement may take, in ms. */
const WATCHDOG = 30_000;
const END_WITHIN = 5_000;

/** What to do, and within which time, while a task is performed. */
export interface Attendance {
  /** Called when the worker is ready, with its reading of `now()`. */
  readonly onListening?: (clock: number) => Promise<unknown>;
  /** In ms. @default 30_000 */
  readonly within?: number;
}

/** A contender's process. It lives for all rounds, so that its code is warm. */
export class Child<Task extends object, Result> {
  private readonly child: ChildProcess;

  /** @param program the worker's file, beside this one. */
  constructor(
    private readonly name: string,
    program: string,
    args: readonly string[],
  ) {
    this.child = fork(new URL(program, import.meta.url), args);
    // What could not be sent to it is noticed by its end.
    this.child.on('error', () => undefined);
  }

  /** @throws when the task fails or is not done in time, or when the process ends. */
  perform(task: Task, { onListening, within = WATCHDOG }: Attendance = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => end(() => reject(new Error(`${this.name}: ${why}`)));
      const onReport = (report: Report<Result>): void => {
        if (report.type === 'failed') fail(report.why);
        else if (report.type === 'done') end(() => resolve(report.result));
        else onListening?.(report.clock).catch((error: unknown) => fail(String(error)));
      };
      const onExit = (): void => fail('its process has ended');
      const late = (): void => fail(`not every message was handled and settled within ${within / 1_000} s`);
      const timer = setTimeout(late, within);
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.child.off('message', onReport).off('exit', onExit);
        settle();
      };
      this.child.on('message', onReport).once('exit', onExit);
      if (this.hasEnded) onExit();
      else this.child.send(task);
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
