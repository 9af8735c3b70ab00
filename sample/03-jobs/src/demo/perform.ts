import type { INestApplicationContext } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { RedisFlowEvents, RedisPublisher } from 'nestjs-redis-flow';
import { type SentMail, MailServer } from '../mails/mail-server.js';
import { Returns } from '../undelivered/returns.js';
import type { Facts } from './facts.js';
import { pushMails } from './foreign-producer.js';
import { whenWorkedOff } from './plain-redis.js';
import { BROKEN_PAYLOAD, FOREIGN_MAILS, POSTINGS } from './plan.js';
import { Tally, countBy } from './tally.js';

/** The longest that it waits for the queues to be worked off, in ms. */
const WAIT = 30_000;

/** Redis counts whole milliseconds. */
const TOLERANCE = 2;

/** Sends everything, and says what has become of it when the application has nothing more to do. */
export async function perform(app: INestApplicationContext, redis: Redis, prefix: string): Promise<Facts> {
  const tally = new Tally(app.get(RedisFlowEvents));
  const startedAt = performance.now();
  await app.get(RedisPublisher).enqueueMany(
    'mails',
    POSTINGS.map(({ mail, ...options }) => ({ data: mail, ...options })),
  );
  await pushMails(redis, `${prefix}mails`, FOREIGN_MAILS);
  await redis.lpush(`${prefix}mails`, BROKEN_PAYLOAD);
  const isDone = await whenWorkedOff(redis, [`${prefix}mails`, `${prefix}mails:dlq`], WAIT);
  if (!isDone) throw new Error(`the queues were not worked off within ${WAIT} ms`);
  const { sent } = app.get(MailServer);
  return {
    sent: sent.map(({ mail }) => mail.mailId).toSorted(),
    early: sent.filter((each) => isEarly(each, startedAt)).map(({ mail }) => mail.mailId),
    retries: tally.retries,
    givenUp: countBy(tally.givenUp, (reason) => reason),
    returned: countBy(app.get(Returns).all, ({ why }) => why),
    kept: await redis.llen(`${prefix}mails:dlq:dlq`),
  };
}

function isEarly({ mail, at }: SentMail, startedAt: number): boolean {
  const delay = POSTINGS.find((posting) => posting.mail.mailId === mail.mailId)?.delay ?? 0;
  return at < startedAt + delay - TOLERANCE;
}
