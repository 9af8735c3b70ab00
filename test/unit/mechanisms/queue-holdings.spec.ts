import { describe, expect, it } from 'vitest';
import { toJob } from '../../../lib/mechanisms/queue/job.js';
import { QueueDelivery, type QueueHome } from '../../../lib/mechanisms/queue/queue-delivery.js';
import { compare } from '../../../lib/mechanisms/queue/queue-holdings.js';
import { jsonCodec } from '../../../lib/message/index.js';

const home: QueueHome = {
  source: { mechanism: 'queue', key: 'jobs' },
  codec: jsonCodec,
  settle: () => undefined,
  extend: () => Promise.resolve(),
};

const bytes = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text));

function held(text: string, isStarted = false): QueueDelivery {
  const delivery = new QueueDelivery(home, toJob(Buffer.from(text)), false);
  if (isStarted) delivery.begin();
  return delivery;
}

describe('what is held, beside what Redis has', () => {
  it('is all there where it is in the lists where it should be', () => {
    const [waits, runs] = [held('a'), held('b', true)];
    const lists = { taken: bytes('a'), processing: bytes('b') };
    expect(compare([waits, runs], [], lists)).toEqual({
      missing: [],
      unnoted: [],
      unknown: { taken: [], processing: [] },
    });
  });

  it('is missing where it is in neither list', () => {
    const [gone, there] = [held('a', true), held('b')];
    expect(compare([gone, there], [], { taken: bytes('b'), processing: [] }).missing).toEqual([gone]);
  });

  it('was not noted where its start has not arrived', () => {
    const started = held('a', true);
    expect(compare([started], [], { taken: bytes('a'), processing: [] }).unnoted).toEqual([started]);
  });

  it('counts two equal items as two jobs', () => {
    const twins = [held('a'), held('a', true)];
    const lists = { taken: bytes('a', 'a'), processing: bytes('a', 'a') };
    expect(compare(twins, [], lists).unknown).toEqual({ taken: bytes('a'), processing: bytes('a') });
    expect(compare(twins, [], { taken: [], processing: bytes('a') }).missing).toHaveLength(1);
  });

  it('is not all that is known: what was acknowledged may still lie there', () => {
    const lists = { taken: bytes('c'), processing: bytes('b', 'a') };
    expect(compare([], bytes('a', 'c'), lists).unknown).toEqual({ taken: [], processing: bytes('b') });
  });
});
