import { now } from '../clock.js';
import { FIRST } from '../message.js';
import { Checklist } from './checklist.js';
import type { Handled, Sink } from './sink.interface.js';

/** When each message was handled first, by `now()`, in the order of their numbers. */
export interface ArrivalsResult extends Handled {
  readonly times: readonly number[];
}

/** Takes down when each message is handled. */
export class Arrivals implements Sink<ArrivalsResult> {
  private readonly checklist: Checklist;
  private readonly times: number[] = [];

  constructor(count: number) {
    this.checklist = new Checklist(count);
  }

  get complete(): Promise<void> {
    return this.checklist.complete;
  }

  readonly add = (n: number): void => {
    this.times[n - FIRST] ??= now();
    this.checklist.add(n);
  };

  result(): ArrivalsResult {
    return { times: this.times, duplicates: this.checklist.duplicates };
  }
}
