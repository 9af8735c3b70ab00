import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Recorder } from '../recorder.js';

const PROGRAM = fileURLToPath(new URL('../children/list-worker.mjs', import.meta.url));

interface ForeignEvent {
  readonly event: 'ready' | 'popped' | 'pushed';
  /** Base64. */
  readonly item?: string;
}

/** A worker (BRPOP) or producer (LPUSH) of a list that knows nothing of the library, in a process of its own. */
export class ForeignProcess {
  readonly events = new Recorder<ForeignEvent>();
  private readonly exited: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.exited = once(child, 'exit');
    child.on('message', (message) => this.events.add(message as ForeignEvent));
  }

  /** Pops for ever. It has connected when this resolves, and is killed when the test has finished. */
  static async worker(url: string, key: string): Promise<ForeignProcess> {
    const worker = ForeignProcess.start({ url, key });
    await worker.events.until((events) => events.some(({ event }) => event === 'ready'));
    return worker;
  }

  /** Resolves when it has pushed all of them, one by one. */
  static async push(url: string, key: string, push: readonly string[]): Promise<void> {
    const producer = ForeignProcess.start({ url, key, push });
    await producer.events.until((events) => events.some(({ event }) => event === 'pushed'));
  }

  private static start(options: object): ForeignProcess {
    const env = { ...process.env, LIST: JSON.stringify(options) };
    const foreign = new ForeignProcess(fork(PROGRAM, { env, execArgv: [] }));
    onTestFinished(async () => {
      foreign.child.kill('SIGKILL');
      await foreign.exited;
    });
    return foreign;
  }

  /** What it has popped, in order. */
  get popped(): Buffer[] {
    return this.events.items.flatMap(({ item }) => (item === undefined ? [] : [Buffer.from(item, 'base64')]));
  }
}
