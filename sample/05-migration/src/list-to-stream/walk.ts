import { setTimeout as sleep } from 'node:timers/promises';
import type { Walk } from '../walk.js';
import { isWorkedOff } from './is-worked-off.js';
import { QueueMailer, enqueueEmail } from './step-0.queue.js';
import { BothMailer } from './step-1.both.js';
import { appendEmail } from './step-2.append.js';
import { StreamMailer } from './step-3.stream.js';

/** From a queue to a stream, handlers first. Nothing is missed, and nothing comes twice. */
export const listToStream: Walk = async ({ redis, publisher, handled, start, say }) => {
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
  while (!(await isWorkedOff(redis, 'jobs:email'))) await sleep(10);
  await start(StreamMailer);
  await both.close();
  await appendEmail(publisher, { to: 'eve' });
  await handled.until('eve');
};
