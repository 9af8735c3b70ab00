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
  /** The handler's, as far as JSON can say them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** `ack` is `'once'`, by this field of the data. */
  readonly onceField?: string;
  /** The consumer's name. */
  readonly consumer?: string;
  /** How wrong its clock is, in ms. */
  readonly skew?: number;
  /** The file where it notes what happens. */
  readonly ledger?: string;
}

/** What a child says. The same lines stand in its ledger, except for `ready`. */
export interface ChildEvent {
  /** `aborted`: the handler's signal has fired. */
  readonly event: 'ready' | 'start' | 'end' | 'aborted';
  readonly id: string;
  readonly data: unknown;
  readonly attempt: number;
  readonly pid: number;
  /** By this machine's clock, in ms, whatever the child takes for the time. */
  readonly at: number;
}

/** A worker in a process of its own, with the built package. What it does is told by the messages: see `children/behaviour.mjs`. */
export class ChildWorker {
  readonly events = new Recorder<ChildEvent>();
  private readonly exited: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.exited = once(child, 'exit');
    child.on('message', (message) => this.events.add(message as ChildEvent));
  }

  /** It is killed when the test has finished. */
  static start(options: ChildWorkerOptions): ChildWorker {
    if (!existsSync(PACKAGE)) throw new Error(`There is no ${PACKAGE}. Run "npm run build" before these tests.`);
    const env = { ...process.env, WORKER: JSON.stringify(options) };
    const worker = new ChildWorker(fork(PROGRAM, { env, execArgv: [] }));
    onTestFinished(() => worker.kill());
    return worker;
  }

  get pid(): number {
    return Number(this.child.pid);
  }

  /** The starts that it has told of. What it started right before a kill -9 may be missing; its ledger has it. */
  get started(): ChildEvent[] {
    return this.events.items.filter(({ event }) => event === 'start');
  }

  /** Resolves when it takes messages. */
  async ready(): Promise<void> {
    await this.events.until((items) => items.some(({ event }) => event === 'ready'));
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** SIGTERM: it closes as an application does; resolves when it is gone. */
  async terminate(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.exited;
  }

  /**
   * Wakes one up that has frozen itself, and that is told to close as soon as it does: what was under way it finishes,
   * and it takes nothing any more. Resolves when it is gone.
   */
  async wakeToClose(): Promise<void> {
    const closed = this.terminate();
    // Again and again, as it may only be about to freeze.
    const wakeUps = setInterval(() => this.child.kill('SIGCONT'), 20);
    await closed.finally(() => clearInterval(wakeUps));
  }

  /** Resolves when it has ended, for whatever reason, with the signal's name. */
  async end(): Promise<NodeJS.Signals | null> {
    await this.exited;
    return this.child.signalCode;
  }
}
