import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ChildEvent } from '../child-worker.js';
import { eventually } from '../eventually.js';
import { unique } from '../redis.js';

/** What a test's messages carry beside what they tell the handler to do. */
export interface Numbered {
  readonly n: number;
}

/**
 * What all children of a test have done, in order. Each line was written before what follows it was done, so it is
 * certain also after a kill -9.
 */
export class Ledger {
  readonly path = join(tmpdir(), unique('ledger'));

  /** It is deleted when the test has finished. */
  constructor() {
    writeFileSync(this.path, '');
    onTestFinished(() => rmSync(this.path, { force: true }));
  }

  get lines(): ChildEvent[] {
    const text = readFileSync(this.path, 'utf8');
    // A process can be killed in the middle of a line.
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as ChildEvent);
  }

  /** The lines of one kind, of one message where its number is given. */
  of(event: ChildEvent['event'], n?: number): ChildEvent[] {
    return this.lines.filter((line) => line.event === event && (n === undefined || numberOf(line) === n));
  }

  /** The attempts that the handler saw at each start for a message. */
  attempts(n: number): number[] {
    return this.of('start', n).map(({ attempt }) => attempt);
  }

  /** The same for each message. */
  attemptsByMessage(): Map<number, number[]> {
    const attempts = new Map<number, number[]>();
    for (const start of this.of('start')) {
      attempts.set(numberOf(start), [...(attempts.get(numberOf(start)) ?? []), start.attempt]);
    }
    return attempts;
  }

  /** The messages that were handled to the end, in that order; those that were handled twice stand there twice. */
  ended(): number[] {
    return this.of('end').map(numberOf);
  }

  /** Resolves when it has so many lines of one kind, of one message where its number is given. */
  async until(event: ChildEvent['event'], count: number, n?: number): Promise<ChildEvent[]> {
    return eventually(() => {
      const lines = this.of(event, n);
      if (lines.length < count) throw new Error(`the ledger has ${lines.length} of ${count} lines "${event}"`);
      return lines;
    });
  }
}

/** The number of a line's message. */
export const numberOf = ({ data }: { readonly data: unknown }): number => (data as Numbered).n;
