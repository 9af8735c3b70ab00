import type { Logger } from '@nestjs/common';
import { Bag } from '../../collections/index.js';
import type { ResolvedQueueOptions } from '../../options/index.js';
import { Admission } from '../held/admission.js';
import type { Alarm } from '../held/alarm.js';
import { HeldNews, type NewsOutlets } from '../held/held-news.js';
import type { LeaseClock } from '../held/lease-clock.js';
import { Once } from '../held/once.js';
import { ScriptRunner } from '../held/script-runner.js';
import type { ConsumerRequest } from '../mechanism.interface.js';
import { Custody } from './custody.js';
import { DueTimes } from './due-times.js';
import type { QueueDelivery } from './queue-delivery.js';
import { QueueEnding } from './queue-ending.js';
import { queueKeys } from './queue-keys.js';
import { QueueLists } from './queue-lists.js';
import { QueueOnce } from './queue-once.js';
import { QueueProgress } from './queue-progress.js';
import { QueueReads } from './queue-reads.js';
import { QueueStarts } from './queue-starts.js';
import { QueueMembership } from './queue.membership.js';
import { QueueSettler } from './queue.settler.js';
import { Suspects } from './suspects.js';

/** What the parts of a consumer need of the whole. */
export interface QueueWhole extends NewsOutlets {
  readonly logger: Logger;
  readonly clock: LeaseClock;
  readonly alarm: Alarm;
  readonly isAbandoned: () => boolean;
  readonly pump: () => void;
  /** So many jobs are done, and it is in doubt whether they are acknowledged. */
  readonly inDoubt: (count: number) => void;
}

/** The parts of a consumer, put together. */
export type QueueParts = ReturnType<typeof createParts>;

type Request = ConsumerRequest<ResolvedQueueOptions>;

/** What the consumer holds, and what it knows of it. */
function createHolding({ connection, target, options, consumer, report }: Request, whole: QueueWhole) {
  const { clock, logger, alarm } = whole;
  const keys = queueKeys(connection.keys, target);
  const lists = new QueueLists(connection, keys, consumer, options.order);
  const membership = new QueueMembership(lists, options.lease, clock, logger);
  const settings = { channel: keys.delayed, heartbeat: options.lease / 3, report };
  const dueTimes = new DueTimes(connection, settings, alarm);
  return { lists, membership, dueTimes, holdings: new Bag<QueueDelivery>() };
}

/** Puts the parts of a consumer together. */
export function createParts(request: Request, whole: QueueWhole) {
  const { options, policy } = request;
  const { timing } = policy.ack;
  const news = new HeldNews(request, whole, 'job');
  const holding = createHolding(request, whole);
  const { lists, dueTimes, holdings } = holding;
  const runner = new ScriptRunner(lists, whole.isAbandoned, whole.logger);
  const settings = { isInOrder: options.orderBy === undefined, window: policy.once?.window ?? 0 };
  const onLost = (delivery: QueueDelivery): void => news.ackLost(delivery);
  const progress = new QueueProgress(runner, settings, { news, onLost, inDoubt: whole.inDoubt });
  const custody = new Custody({ ...holding, progress, news });
  const settler = new QueueSettler(
    runner,
    news,
    (delivery) => custody.lose(delivery),
    () => holding.membership.watch(),
  );
  const suspects = new Suspects(whole.pump);
  const onDuplicate = (delivery: QueueDelivery): void => news.duplicate(delivery);
  const once = policy.once && new Once(new QueueOnce(lists), policy.once.key, onDuplicate);
  return {
    ...holding,
    progress,
    custody,
    settler,
    suspects,
    ending: new QueueEnding(settler, progress, holdings, dueTimes),
    reads: new QueueReads(lists, timing === 'none'),
    starts: new QueueStarts({ ...holding, custody, progress, suspects }, timing, whole.pump),
    admission: new Admission(options.orderBy, holdings, once),
  };
}
