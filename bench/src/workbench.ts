import { randomUUID } from 'node:crypto';
import { Child } from './child.js';
import type { Source } from './consumers/consumer.interface.js';
import type { ContenderName } from './consumers/contenders.js';
import type { Load } from './load.js';
import type { PublishContenderName } from './publishers/contenders.js';
import type { RequestContenderName } from './requests/contenders.js';
import type { Turn } from './worker/answer.worker.js';
import type { ArrivalsResult } from './worker/arrivals.js';
import type { Took } from './worker/stopwatch.js';
import type { TallyResult } from './worker/tally.js';

/** What a room measures with: a Redis, keys of its own, and the contenders' processes. */
export class Workbench {
  private readonly prefix = `bench:${randomUUID()}`;
  private children: Pick<Child<Source, unknown>, 'end' | 'kill'>[] = [];

  constructor(
    readonly url: string,
    readonly load: Load,
  ) {}

  /** A key that is used for one measurement. */
  key(...parts: readonly (string | number)[]): string {
    return [this.prefix, ...parts].join(':');
  }

  /** Starts a process that handles messages and takes the time. */
  consumer(name: ContenderName): Child<Source, TallyResult> {
    return this.start(name, 'consume', [name, 'tally']);
  }

  /** Starts a process that handles messages and takes down when. */
  arrivals(name: ContenderName): Child<Source, ArrivalsResult> {
    return this.start(name, 'consume', [name, 'arrivals']);
  }

  /** Starts a process that publishes. */
  publisher(name: PublishContenderName): Child<Source, Took> {
    return this.start(name, 'publish', [name]);
  }

  /** Starts a process that answers requests. */
  answerer(name: RequestContenderName): Child<Turn, null> {
    return this.start(name, 'answer', [name]);
  }

  /** Starts a process that asks, and takes the time. */
  asker(name: RequestContenderName): Child<Source, Took> {
    return this.start(name, 'ask', [name]);
  }

  /** Starts a process that asks at a steady pace, and takes down how long each answer took, in ms. */
  punctualAsker(name: RequestContenderName): Child<Source, readonly number[]> {
    return this.start(name, 'ask-on-time', [name]);
  }

  /** Lets every process end. @throws when one does not by itself. */
  async end(): Promise<void> {
    await Promise.all(this.children.map((child) => child.end()));
    this.children = [];
  }

  /** Ends every process and deletes every key. */
  async clear(): Promise<void> {
    for (const child of this.children) child.kill();
    await this.load.clear(this.prefix);
  }

  private start<Task extends Source, Result>(
    name: string,
    worker: string,
    args: readonly string[],
  ): Child<Task, Result> {
    const child = new Child<Task, Result>(name, `worker/${worker}.worker.js`, args);
    this.children.push(child);
    return child;
  }
}
