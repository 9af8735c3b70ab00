import type { Logger } from '@nestjs/common';
import { LeaseLostError } from '../../errors/index.js';
import type { ResolvedOnce, ResolvedStreamOptions } from '../../options/index.js';
import { Admission } from '../held/admission.js';
import type { LeaseClock } from '../held/lease-clock.js';
import { Once } from '../held/once.js';
import type { ConsumerRequest } from '../mechanism.interface.js';
import { finishingAcks, plainAcks } from './ack-forms.js';
import { Acks } from './acks.js';
import { type Claimed, Claims } from './claims.js';
import { DeadLetters } from './dead-letters.js';
import { DoubtfulAcks } from './doubtful-acks.js';
import { Ending } from './ending.js';
import { Holdings } from './holdings.js';
import { Housekeeping } from './housekeeping.js';
import { Losses } from './losses.js';
import { Retention } from './retention.js';
import { ScriptRunner } from '../held/script-runner.js';
import { Turns } from '../turns.js';
import { Parking } from './parking.js';
import { Starts } from './starts.js';
import type { StreamDelivery } from './stream-delivery.js';
import { streamKeys } from './stream-keys.js';
import { StreamGroup } from './stream.group.js';
import { StreamOnce } from './stream-once.js';
import { StreamLeases } from './stream.leases.js';
import { StreamNews } from './stream.news.js';
import { StreamSettler } from './stream.settler.js';

/** What the parts of a consumer need of the whole. */
export interface StreamWhole {
  readonly label: string;
  readonly logger: Logger;
  readonly clock: LeaseClock;
  readonly isAbandoned: () => boolean;
  readonly isStopping: () => boolean;
  /** How many handlers could start now. */
  readonly free: () => number;
  readonly pump: () => void;
  readonly hold: (delivery: StreamDelivery, delay: number) => void;
  readonly dueIn: (ms: number) => void;
  readonly take: (claimed: readonly Claimed[], since: number) => Promise<void>;
  readonly setDegraded: (reason: string | undefined) => void;
  /** So many entries are handled, and it is in doubt whether they are acknowledged. */
  readonly inDoubt: (count: number) => void;
}

/** The parts of a consumer, put together. */
export type StreamParts = ReturnType<typeof createParts>;

type Request = ConsumerRequest<ResolvedStreamOptions>;

/** What the consumer holds, and what it knows of it. */
function createHolding(request: Request, whole: StreamWhole, news: StreamNews) {
  const { connection, target, options, consumer, policy } = request;
  const keys = streamKeys(connection.keys, target, options.group);
  const group = new StreamGroup(connection, keys, options.group, consumer);
  const holdings = new Holdings();
  const onLost = (id: string): void => {
    const delivery = holdings.lose(id, new LeaseLostError(id));
    if (delivery !== undefined) news.leaseLost(delivery);
  };
  const form = policy.once === undefined ? plainAcks(group) : finishingAcks(group, policy.once.window);
  const doubtful = new DoubtfulAcks(group.key, form, {
    ...whole,
    news,
    onLost: (delivery) => news.ackLost(delivery),
    onChange: whole.inDoubt,
  });
  const held = (): StreamDelivery[] => [...holdings.all, ...doubtful.all];
  const leases = new StreamLeases(group, held, whole.clock, options.lease, onLost);
  const acks = new Acks(group, form, leases, doubtful);
  return { keys, group, holdings, onLost, leases, acks, turns: new Turns() };
}

type Holding = ReturnType<typeof createHolding>;

/** How what the consumer holds comes to an end. */
function createEnding({ options, policy }: Request, whole: StreamWhole, holding: Holding, news: StreamNews) {
  const { group, holdings, onLost, leases, acks, turns } = holding;
  const { logger, isAbandoned } = whole;
  const runner = new ScriptRunner(group, isAbandoned, logger);
  const settler = new StreamSettler(runner, {
    window: policy.once?.window,
    keepsDeadLetters: policy.deadLetter,
    deadLetters: new DeadLetters(runner, news),
    acks,
    leases,
    parking: new Parking(runner, { lease: options.lease, holdings, turns }),
    onLost: ({ id }) => onLost(id),
    news,
  });
  const ending = new Ending(settler, holdings, acks, whole);
  return { settler, ending };
}

function createOnce(key: ResolvedOnce['key'], host: StreamOnce, news: StreamNews) {
  return new Once(host, key, (delivery: StreamDelivery) => news.duplicate(delivery));
}

/** Puts the parts of a consumer together. */
export function createParts(request: Request, whole: StreamWhole) {
  const { connection, target, options, policy } = request;
  const { lease, orderBy } = options;
  const news = new StreamNews(request, whole);
  const holding = createHolding(request, whole, news);
  const { keys, group, holdings, onLost, leases, acks } = holding;
  const { settler, ending } = createEnding(request, whole, holding, news);
  const onBusy = (delivery: StreamDelivery, ms: number): void => {
    delivery.isPutOff = true;
    void ending.park(delivery, ms, delivery.attempt);
  };
  const once = policy.once && createOnce(policy.once.key, new StreamOnce(group, lease, onBusy), news);
  const holds = (id: string): boolean => holdings.has(id) || acks.has(id);
  const claimHost = { ...whole, holds, lost: (ids: readonly string[]) => news.lostPending(ids) };
  const losses = new Losses(group, (count) => news.lostUndelivered(count));
  const housekeeping = new Housekeeping(group, {
    lease,
    retention: new Retention(connection, target, options.retention),
    claim: () => whole.dueIn(0),
    losses,
  });
  const inOrder = orderBy === undefined;
  return {
    keys,
    group,
    holdings,
    onLost,
    leases,
    acks,
    settler,
    ending,
    losses,
    housekeeping,
    claims: new Claims(group, claimHost, { lease, clock: whole.clock }, holding.turns),
    starts: new Starts(group, leases, { timing: policy.ack.timing, inOrder }, whole.pump),
    admission: new Admission(orderBy, holdings, once),
    tellGroupMissing: (recreated: '0' | '$' | undefined) => news.groupMissing(recreated),
  };
}
