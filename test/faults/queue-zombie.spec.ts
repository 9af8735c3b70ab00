import { describe, expect, it } from 'vitest';
import { Gate } from '../support/conformance/lab.js';
import { QueueLab } from '../support/queue/queue-lab.js';

const LEASE = 500;
/** Its time is over when the zombie wakes up, so it settles at once, whatever its heartbeat has found out by then. */
const WORK = 100;

const WISHES = [
  { wish: 'acknowledges', script: {} },
  { wish: 'wants a retry', script: { fail: 99 } },
  { wish: 'wants the dead letters', script: { reject: true } },
];

describe.each(WISHES)('a worker of a queue that is stopped beyond its lease, wakes up and $wish', ({ script }) => {
  it('changes nothing of a job that another is working on, and nothing when that one is done', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    await lab.push({ n: 0, work: WORK, ...script });
    const options = { lease: LEASE, retry: { attempts: 10 } };
    const zombie = lab.child(options);
    await zombie.events.until((events) => events.some(({ event }) => event === 'start'));
    zombie.freeze();
    const heir = await lab.worker({ options, handle: () => gate.pass() });
    const [taken] = await heir.started.count(1);
    expect(taken?.attempt).toBe(2);
    const before = await lab.held('processing');

    zombie.thaw();
    await lab.ledger.until('end', 1);
    await zombie.terminate();

    expect(await lab.held('processing')).toEqual(before);
    expect(await lab.delayed()).toEqual([]);
    expect(await lab.deadLetters()).toEqual([]);
    gate.open();
    await lab.settled();
    expect(heir.attempts).toEqual([2]);
    expect(lab.ledger.attempts(0)).toEqual([1]);
    expect(await lab.deadLetters()).toEqual([]);
  });
});
