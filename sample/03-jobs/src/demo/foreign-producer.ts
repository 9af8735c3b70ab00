import type { Redis } from 'ioredis';
import type { Mail } from '../mails/mail.js';

/** A program that knows nothing of this library. In any language a job is LPUSH and JSON. */
export async function pushMails(redis: Redis, key: string, mails: readonly Mail[]): Promise<void> {
  for (const mail of mails) await redis.lpush(key, JSON.stringify(mail));
}
