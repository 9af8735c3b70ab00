import { describe, expect, it } from 'vitest';
import { Gate } from '../support/conformance/lab.js';
import { QueueLab } from '../support/queue/queue-lab.js';

const LEASE = 500;

const WISHES = [
  { wish: 'acknowledges', script: {} },
  { wish: 'wants a retry', script: { fail: 99 } },
  { wish: 'wants the dead letters', script: { reject: true } },
];

describe.each(WISHES)('a worker of a queue that is stopped beyond its lease, wakes up and $wish', ({ script }) => {
  it('changes nothing of a job that another is working on, and nothing when that one is done', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    // It stops in the middle of its handler, so it settles at once when it wakes up, before its heartbeat finds anything out.
    await lab.push({ n: 0, freeze: true, ...script });
    const options = { lease: LEASE, retry: { attempts: 10 } };
    const zombie = lab.child(options);
    await lab.ledger.until('start', 1);
    const heir = await lab.worker({ options, handle: () => gate.pass() });
    const [taken] = await heir.started.count(1);
    expect(taken?.attempt).toBe(2);
    const before = await lab.held('processing');

    await zombie.wakeToClose();

    expect(lab.ledger.of('end')).toHaveLength(1);
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
