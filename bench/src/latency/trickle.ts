import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../clock.js';
import { type Body, type Bytes, FIRST, bodyOf } from '../message.js';

/** How many are sent in a second. */
export const PER_SECOND = 500;

const INTERVAL = 1_000 / PER_SECOND;

/** The longest that a measurement of so many may take, in ms. */
export const withinFor = (count: number): number => 30_000 + count * INTERVAL;

/**
 * Sends `count` messages, each on time whether or not the ones before were handled or even answered.
 *
 * @returns when each was sent, by `now()`.
 */
export async function trickle(
  send: (body: Body) => Promise<unknown>,
  count: number,
  bytes: Bytes,
): Promise<readonly number[]> {
  const failures: unknown[] = [];
  const answers: Promise<unknown>[] = [];
  const times: number[] = [];
  const startedAt = now();
  for (let index = 0; index < count; index += 1) {
    const due = startedAt + index * INTERVAL;
    while (now() < due) await sleep(due - now());
    const body = bodyOf(FIRST + index, bytes);
    times.push(now());
    answers.push(send(body).catch((error: unknown) => failures.push(error)));
  }
  await Promise.all(answers);
  if (failures.length > 0) throw failures[0];
  return times;
}
