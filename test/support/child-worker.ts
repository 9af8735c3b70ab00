import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Recorder } from './recorder.js';

const PROGRAM = fileURLToPath(new URL('./children/worker.mjs', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

export interface ChildWorkerOptions {
  readonly url: string;
  readonly kind: string;
  readonly target: string;
  readonly group: string;
  readonly lease: number;
  readonly attempts: number;
}

/** What the child says about each start of its handler. */
export interface ChildStarted {
  readonly data: unknown;
  readonly attempt: number;
}

/**
 * A worker in a process of its own, with the built package. Its handler hangs for the message `hang`, and kills its own
 * process for the message `poison`.
 */
export class ChildWorker {
  readonly started = new Recorder<ChildStarted>();
  private readonly exited: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.exited = once(child, 'exit');
    child.on('message', (message) => this.started.add(message as ChildStarted));
  }

  /** It is killed when the test has finished. */
  static start(options: ChildWorkerOptions): ChildWorker {
    if (!existsSync(PACKAGE)) throw new Error(`There is no ${PACKAGE}. Run "npm run build" before these tests.`);
    const env = { ...process.env, WORKER: JSON.stringify(options) };
    const worker = new ChildWorker(fork(PROGRAM, { env, execArgv: [] }));
    onTestFinished(() => worker.kill());
    return worker;
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Resolves when it has ended, for whatever reason, with the signal's name. */
  async end(): Promise<NodeJS.Signals | null> {
    await this.exited;
    return this.child.signalCode;
  }
}
