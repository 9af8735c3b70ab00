import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Recorder } from '../recorder.js';

const PROGRAM = fileURLToPath(new URL('../children/request-service.mjs', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../../../dist/index.js', import.meta.url));

export interface ServiceOptions {
  readonly url: string;
  readonly pattern: string;
  /** How long a handler takes, in ms. */
  readonly work: number;
  readonly lease: number;
}

interface Word {
  readonly ready?: true;
  readonly started?: number;
}

/** A service in a process of its own, with the built package: it answers each number with itself. */
export class ServiceChild {
  private readonly words = new Recorder<Word>();
  private readonly exited: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.exited = once(child, 'exit');
    child.on('message', (word) => this.words.add(word as Word));
  }

  /** Resolves when it takes requests. It is killed when the test has finished. */
  static async start(options: ServiceOptions): Promise<ServiceChild> {
    if (!existsSync(PACKAGE)) throw new Error(`There is no ${PACKAGE}. Run "npm run build" before these tests.`);
    const env = { ...process.env, SERVICE: JSON.stringify(options) };
    const child = new ServiceChild(fork(PROGRAM, { env, execArgv: [] }));
    onTestFinished(() => child.kill());
    const ended = child.exited.then(() => Promise.reject(new Error('the service ended before it was ready')));
    await Promise.race([child.words.until((words) => words.some(({ ready }) => ready === true)), ended]);
    return child;
  }

  /** What its handler was started with. */
  get started(): number[] {
    return this.words.items.flatMap(({ started }) => (started === undefined ? [] : [started]));
  }

  /** Resolves when its handler was started so often. */
  async startedAtLeast(count: number): Promise<void> {
    await this.words.until(() => this.started.length >= count);
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
