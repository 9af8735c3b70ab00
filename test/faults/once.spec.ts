import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { StreamLab } from '../support/faults/stream-lab.js';
import { unique } from '../support/redis.js';
import { below, seeded } from '../unit/seeded.js';

const MESSAGES = 40;
/** Every one of these ends a process, and each end costs a lease and the start of another process. */
const DEATHS = ['before', 'after', 'commit'] as const;
const ATTEMPTS = 100;

/** What a message does in Redis when it is handled: two counters, and one entry in the next stream. */
function scripts(counter: string, next: string) {
  const random = seeded(9);
  return numbers(MESSAGES).map((n) => {
    const id = `order-${n}`;
    const at = DEATHS[n % DEATHS.length];
    const dies = random() < 0.2 ? { die: { at, attempts: 1, after: below(random, 4) } } : {};
    const writes = [
      ['INCR', counter],
      ['HINCRBY', `${counter}:each`, id, 1],
    ];
    return { n, id, work: 5, writes, forward: { stream: next, data: { id } }, ...dies };
  });
}

/** Replaces workers that die until every message is done. */
async function workUntilDone(lab: StreamLab, entries: number, start: () => ReturnType<StreamLab['child']>) {
  let isDone = false;
  const keepOneAlive = async (): Promise<void> => {
    while (!isDone) await start().end();
  };
  for (const _ of numbers(3)) void keepOneAlive();
  const settled = eventually(async () => {
    const [group = []] = (await lab.redis.xinfo('GROUPS', lab.stream)) as unknown[][];
    const valueOf = (name: string) => group[group.indexOf(name) + 1];
    expect([valueOf('entries-read'), valueOf('pending')]).toEqual([entries, 0]);
  });
  await settled.finally(() => (isDone = true));
}

describe.each([
  { what: "ack: 'once', and every fifth handler is killed around its transaction", doubles: false, field: undefined },
  { what: 'the same, and a producer that sends every message twice', doubles: true, field: 'id' },
])('$what', ({ doubles, field }) => {
  it('counts every message exactly once, and forwards it exactly once', async () => {
    const lab = new StreamLab();
    const [counter, next] = [unique('counter'), unique('next')];
    const messages = scripts(counter, next);
    await lab.append(...messages, ...(doubles ? messages : []));
    const options = { lease: 400, concurrency: 4, ack: 'once', retry: { attempts: ATTEMPTS } };

    const entries = messages.length * (doubles ? 2 : 1);
    await workUntilDone(lab, entries, () => lab.child(options, field === undefined ? {} : { onceField: field }));

    expect(await lab.deadLetters()).toEqual([]);
    expect(Number(await lab.redis.get(counter))).toBe(MESSAGES);
    const each = await lab.redis.hgetall(`${counter}:each`);
    expect(Object.values(each)).toEqual(numbers(MESSAGES).map(() => '1'));
    const forwarded = (await lab.redis.xrange(next, '-', '+')).map(([, [, data]]) => String(data));
    expect(forwarded.toSorted()).toEqual(messages.map(({ id }) => JSON.stringify({ id })).toSorted());
    // There was something to survive.
    expect(lab.ledger.of('start').some(({ attempt }) => attempt > 1)).toBe(true);
  });
});

describe("ack: 'once', with handlers that end while their leases are being renewed", () => {
  it('remembers for the whole window what is done, not only for a lease', async () => {
    const lease = 150;
    const count = 400;
    const lab = new StreamLab();
    const counter = unique('counter');
    const random = seeded(3);
    const worker = await lab.worker({
      options: { lease, concurrency: 50, ack: { once: { window: 60_000, key: ({ data }) => String(data) } } },
      handle: async ({ transaction }) => {
        await sleep(below(random, lease));
        transaction.call('INCR', counter);
      },
    });
    await lab.append(...numbers(count));
    await eventually(async () => expect(await lab.redis.get(counter)).toBe(String(count)));
    await lab.settled();
    await sleep(3 * lease);

    await lab.append(...numbers(count));

    const duplicates = () => worker.events.items.filter(({ type }) => type === 'duplicate');
    await eventually(() => expect(duplicates().length + worker.started.items.length).toBeGreaterThanOrEqual(2 * count));
    await lab.settled();
    expect(await lab.redis.get(counter)).toBe(String(count));
  });
});
