import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Recorder } from '../recorder.js';

const PROGRAM = fileURLToPath(new URL('../children/consumer-app.mjs', import.meta.url));
const BUILT = fileURLToPath(new URL('../../../dist/index.js', import.meta.url));

export interface ChildOptions {
  readonly url: string;
  readonly stream: string;
  readonly shape: 'hybrid' | 'pure';
  readonly signal: 'hooks' | 'close';
  readonly work: number;
  readonly timeout: number;
  readonly journal?: boolean;
}

/** An application in a process of its own. */
export class ChildApp {
  readonly events = new Recorder<string>();
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown[]>;

  constructor(options: ChildOptions) {
    if (!existsSync(BUILT)) throw new Error('dist/index.js is missing: run "npm run build" before these tests');
    this.child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.exited = once(this.child, 'close');
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', this.events.add);
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  /** Resolves when the child has said this; rejects when it has ended without. */
  async said(event: string): Promise<void> {
    const ended = this.exited.then(() =>
      Promise.reject(new Error(`the child ended; it said ${this.events.items.join()}`)),
    );
    await Promise.race([this.events.until((items) => items.includes(event)), ended]);
  }

  /** Sends SIGTERM. Resolves with how the process ended, and after how many ms. */
  async terminate(): Promise<{ code: unknown; signal: unknown; after: number }> {
    const begin = Date.now();
    this.child.kill('SIGTERM');
    const [code, signal] = await this.exited;
    return { code, signal, after: Date.now() - begin };
  }
}
