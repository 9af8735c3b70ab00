import { setTimeout as sleep } from 'node:timers/promises';
import { below } from '../../unit/seeded.js';
import type { ChildWorker } from '../child-worker.js';
import { numbers } from '../conformance/lab.js';

const WORKERS = 3;

/** Has three workers, and kills one of them and starts another in its place, `kills` times. Some are left at the end. */
export async function killAtRandom(start: () => ChildWorker, kills: number, random: () => number): Promise<void> {
  const children = numbers(WORKERS).map(start);
  await Promise.all(children.map((child) => child.ready()));
  for (let kill = 0; kill < kills; kill += 1) {
    await sleep(200 + below(random, 500));
    const victim = below(random, WORKERS);
    await children[victim]?.kill();
    children[victim] = start();
  }
}
