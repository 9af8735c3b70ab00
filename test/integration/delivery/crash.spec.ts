import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ChildWorker } from '../../support/child-worker.js';
import { GROUP, Lab, type Worker } from '../../support/conformance/lab.js';
import { queueHarness } from '../../support/conformance/queue.harness.js';
import { streamHarness } from '../../support/conformance/stream.harness.js';
import { eventually } from '../../support/eventually.js';

/** Two thirds of it are more than a machine holds up a process: then nobody renews it in time, in ms. */
const LEASE = 4_000;
/** Where nobody else is there to take anything over. */
const SHORT_LEASE = 600;
const NEIGHBOURS = ['a', 'b', 'c', 'd'];
const HANG = { hang: true };
const POISON = { die: { at: 'start' } };

const options = (kind: string, attempts: number, lease: number) => ({
  ...(kind === 'stream' ? { group: GROUP } : {}),
  lease,
  retry: { attempts },
});

const isPoison = ({ data }: { readonly data: unknown }): boolean => typeof data === 'object';

/** When the lease of the one message ends that is held, if nobody renews it from now on: by the clock of Redis, in ms. */
async function leaseEnd({ harness, redis, target }: Lab, other: Worker): Promise<number> {
  if (harness.kind === 'queue') {
    const [name = '', score, ...more] = await redis.zrange(`${target}:consumers`, 0, '-1', 'WITHSCORES');
    return Number(name === other.consumer ? more[1] : score);
  }
  const replies = await redis.multi().time().xpending(target, GROUP, '-', '+', 1).exec();
  const [[, [seconds, micros]], [, [row]]] = replies as [[null, [string, string]], [null, [unknown[]]]];
  return Number(seconds) * 1_000 + Number(micros) / 1_000 - Number(row[2]) + LEASE;
}

describe.each([streamHarness, queueHarness])('a process that is killed, $kind', (harness) => {
  const { kind } = harness;

  it('leaves its message to another worker: after the lease, not before, and as the next attempt', async () => {
    const lab = await Lab.open(harness);
    const { target, url } = lab;
    await lab.publish([HANG]);
    const child = ChildWorker.start({ url, kind, target, options: options(kind, 3, LEASE) });
    await child.events.until((events) => events.some(({ event }) => event === 'start'));
    const other = await lab.worker({ lease: LEASE });

    // While it lives, its heartbeats keep the message, however long that takes.
    await sleep(2 * LEASE);
    expect(other.data).toEqual([]);
    const end = await leaseEnd(lab, other);
    const killedAt = Date.now();
    await child.kill();

    const [taken] = await other.finished.count(1);
    expect(taken).toMatchObject({ data: HANG, attempt: 2 });
    // Two clocks are at work, and both count whole milliseconds.
    expect(Number(taken?.at)).toBeGreaterThanOrEqual(end - 2);
    expect(Number(taken?.at) - killedAt).toBeLessThan(LEASE + 10_000);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
    expect(await lab.deadLetters()).toEqual([]);
  });

  it('gives a message up as crashed that kills every process, and does not charge its neighbours', async () => {
    const lab = await Lab.open(harness);
    const { target, url } = lab;
    await lab.publish(['a', 'b', POISON, 'c', 'd']);

    const children: ChildWorker[] = [];
    const start = (): ChildWorker => {
      const child = ChildWorker.start({ url, kind, target, options: options(kind, 2, SHORT_LEASE) });
      children.push(child);
      return child;
    };
    expect(await start().end()).toBe('SIGKILL');
    expect(await start().end()).toBe('SIGKILL');
    start();

    await eventually(async () => expect(await lab.deadLetters()).toHaveLength(1), 30_000);
    const [letter] = await lab.deadLetters();
    expect(letter?.payload.toString()).toBe(JSON.stringify(POISON));
    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'crashed', 'dlq-attempts': '2' });
    const started = () => children.flatMap((child) => child.started);
    await eventually(() => expect(started()).toHaveLength(NEIGHBOURS.length + 2));
    expect(
      started()
        .filter(isPoison)
        .map(({ attempt }) => attempt),
    ).toEqual([1, 2]);
    const neighbours = started().filter((start) => !isPoison(start));
    expect(neighbours.map(({ data }) => String(data)).toSorted((a, b) => a.localeCompare(b))).toEqual(NEIGHBOURS);
    expect(neighbours.every(({ attempt }) => attempt === 1)).toBe(true);
    await eventually(async () => expect(await lab.unsettled()).toBe(0));
  });
});
