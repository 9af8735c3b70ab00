import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../clock.js';
import { type Bytes, FIRST, bodyOf } from '../message.js';
import type { Publisher } from '../publishers/publisher.interface.js';

/**
 * Sends `count` messages, one every `interval` ms whether or not the ones before were handled or even answered.
 *
 * @returns when each was sent, by `now()`.
 */
export async function trickle(publisher: Publisher, count: number, interval: number, bytes: Bytes): Promise<number[]> {
  const failures: unknown[] = [];
  const answers: Promise<unknown>[] = [];
  const times: number[] = [];
  const startedAt = now();
  for (let index = 0; index < count; index += 1) {
    const due = startedAt + index * interval;
    while (now() < due) await sleep(due - now());
    const body = bodyOf(FIRST + index, bytes);
    times.push(now());
    answers.push(publisher.send([body]).catch((error: unknown) => failures.push(error)));
  }
  await Promise.all(answers);
  if (failures.length > 0) throw failures[0];
  return times;
}
