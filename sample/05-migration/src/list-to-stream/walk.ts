import { setTimeout as sleep } from 'node:timers/promises';
import type { Tools, Walk } from '../walk.js';
import { isWorkedOff } from './is-worked-off.js';
import { QueueMailer, enqueueEmail } from './step-0.queue.js';
import { BothMailer } from './step-1.both.js';
import { appendEmail } from './step-2.append.js';
import { Forwarder } from './step-3.forward.js';
import { StreamMailer } from './step-4.stream.js';

async function whenWorkedOff({ redis }: Tools): Promise<void> {
  while (!(await isWorkedOff(redis, 'jobs:email'))) await sleep(10);
}

/** From a queue to a stream, handlers first. Nothing is missed, and nothing comes twice. */
export const listToStream: Walk = async (tools) => {
  const { publisher, handled, start, say } = tools;
  say('Handlers take jobs from a list.');
  const old = await start(QueueMailer);
  await enqueueEmail(publisher, { to: 'ann' });
  await handled.until('ann');

  say('Handlers take them from a stream as well, instance after instance.');
  const both = await start(BothMailer);
  await enqueueEmail(publisher, { to: 'bob' });
  await handled.until('bob');
  await old.close();

  say('Publishers append to the stream, instance after instance.');
  await appendEmail(publisher, { to: 'cid' });
  await enqueueEmail(publisher, { to: 'dan' });
  await handled.until('cid');
  await handled.until('dan');

  say('The list is worked off, and left.');
  await whenWorkedOff(tools);
  await start(StreamMailer);
  await both.close();
  await appendEmail(publisher, { to: 'eve' });
  await handled.until('eve');
};

/** The same, with a long list whose jobs are moved into the stream, so that its groups get them. */
export const listIntoStream: Walk = async (tools) => {
  const { redis, publisher, handled, start, say } = tools;
  say('Jobs wait in a list, some for later, some from a program that only knows LPUSH.');
  const old = await start(QueueMailer);
  await enqueueEmail(publisher, { to: 'ann' });
  await handled.until('ann');
  await old.close();
  for (const to of ['bob', 'cid']) await enqueueEmail(publisher, { to });
  await redis.lpush('jobs:email', JSON.stringify({ to: 'dan' }));
  await publisher.enqueue('jobs:email', { to: 'eve' }, { delay: 300 });

  say('Handlers read the stream, and one moves what is in the list.');
  await start(StreamMailer);
  const forwarder = await start(Forwarder);
  await appendEmail(publisher, { to: 'fay' });
  for (const to of ['bob', 'cid', 'dan', 'eve', 'fay']) await handled.until(to);

  say('The list is empty, and left.');
  await whenWorkedOff(tools);
  await forwarder.close();
};
