import { describe, expect, it } from 'vitest';
import { Gate } from '../support/conformance/lab.js';
import { StreamLab } from '../support/faults/stream-lab.js';

const LEASE = 500;

const WISHES = [
  { wish: 'acknowledges', script: {} },
  { wish: 'wants a retry', script: { fail: 99 } },
  { wish: 'wants the dead letters', script: { reject: true } },
];

/** A message whose worker is stopped in mid-handler for longer than its lease, while another takes the message over. */
async function takenOver(script: object) {
  const lab = new StreamLab();
  const gate = new Gate();
  // It stops in the middle of its handler, so it settles at once when it wakes up, before its heartbeat finds anything out.
  await lab.append({ n: 0, freeze: true, ...script });
  const options = { lease: LEASE, retry: { attempts: 10 } };
  const zombie = lab.child(options);
  await lab.ledger.until('start', 1);
  const heir = await lab.worker({ options, handle: () => gate.pass() });
  const [taken] = await heir.started.count(1);
  expect(taken?.attempt).toBe(2);
  return { lab, gate, zombie, heir };
}

describe.each(WISHES)('a zombie that wakes up and $wish', ({ script }) => {
  it('changes nothing of a message that another is working on', async () => {
    const { lab, gate, zombie, heir } = await takenOver(script);
    const [before] = await lab.pendingRows();

    await zombie.wakeToClose();

    expect(lab.ledger.of('end')).toHaveLength(1);
    expect(await lab.pendingRows()).toMatchObject([{ consumer: before?.consumer, deliveries: before?.deliveries }]);
    expect(await lab.deadLetters()).toEqual([]);
    gate.open();
    await lab.settled();
    expect(heir.attempts).toEqual([2]);
    expect(lab.ledger.attempts(0)).toEqual([1]);
    expect(await lab.deadLetters()).toEqual([]);
  });

  it('changes nothing of a message that another has done', async () => {
    const { lab, gate, zombie, heir } = await takenOver(script);
    gate.open();
    await lab.settled();

    await zombie.wakeToClose();

    expect(lab.ledger.of('end')).toHaveLength(1);
    expect(await lab.pending()).toBe(0);
    expect(await lab.deadLetters()).toEqual([]);
    // What is appended next is all that there is to do.
    await lab.append({ n: 1 });
    await heir.started.count(2);
    await lab.settled();
    expect(heir.attempts).toEqual([2, 1]);
    expect(lab.ledger.attempts(0)).toEqual([1]);
  });
});
