import { collectGarbage, oldSpaceMegabytes } from '../../support/heap.js';

const BYTES = Buffer.alloc(500, 'x');

/** What comes and goes. Not an object literal: V8 may come to make these in the old space at once. */
export class Payload {
  readonly text = BYTES.toString('latin1');

  constructor(readonly id: number) {}
}

/** How a collection takes a payload in, and lets go of those that came before `id`. */
export interface Churned {
  readonly put: (payload: Payload) => void;
  readonly remove: (id: number) => void;
}

/** This many wait at a time. */
export const WAITING = 250;
const CHURNED = 40_000;
/** After so many comes a young collection. */
const YOUNG = 500;

/** In MB. All that comes and goes is more than 20; this is room for what the tests' machinery does meanwhile. */
export const HARDLY_ANY = 2;

/**
 * Moves a collection to the old space, and then lets payloads come and go.
 *
 * @returns by how many MB the old space has grown. No full garbage collection comes between.
 */
export function oldSpaceGrowth({ put, remove }: Churned): number {
  for (let id = 0; id < WAITING; id += 1) put(new Payload(id));
  // What is young may be moved only by the second.
  collectGarbage();
  collectGarbage();
  const before = oldSpaceMegabytes();
  for (let id = WAITING; id < WAITING + CHURNED; id += 1) {
    put(new Payload(id));
    remove(id - WAITING);
    if (id % YOUNG === 0) collectGarbage({ type: 'minor' });
  }
  return oldSpaceMegabytes() - before;
}
