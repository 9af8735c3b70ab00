import { Injectable } from '@nestjs/common';
import type { MechanismKind } from 'nestjs-redis-flow';
import { Subject } from 'rxjs';

/** Something that happened to a message in this application. */
export interface JournalEntry {
  readonly mechanism: MechanismKind;
  /** The stream, the queue, or the channel's template. */
  readonly key: string;
  readonly messageId: string;
  readonly attempt: number;
  readonly what: 'started' | 'handled' | 'failed';
  /** What the handler returned, or why it failed. */
  readonly detail?: string;
  readonly data: unknown;
}

const LONGEST = 1_000;

/** The last things that happened, oldest first. */
@Injectable()
export class Journal {
  readonly entries: JournalEntry[] = [];
  /** Those that happen from now on. */
  readonly added$ = new Subject<JournalEntry>();

  add(entry: JournalEntry): void {
    this.entries.push(entry);
    if (this.entries.length > LONGEST) this.entries.shift();
    this.added$.next(entry);
  }
}
