import type { RedisPublisher } from 'nestjs-redis-flow';
import type { Email } from './email.js';

export async function appendEmail(publisher: RedisPublisher, email: Email): Promise<void> {
  await publisher.append('emails', email);
}
