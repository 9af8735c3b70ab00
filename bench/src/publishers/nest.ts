import { Logger } from '@nestjs/common';
import { ClientRedis } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { serverOf } from '../server-of.js';
import type { OpenPublisher } from './publisher.interface.js';

/** Nest's own `ClientRedis.emit`, all in the same tick. */
export const nestEmit: OpenPublisher = async (url, key) => {
  Logger.overrideLogger(['error', 'warn']);
  const client = new ClientRedis(serverOf(url));
  await client.connect();
  return {
    send: (bodies) => Promise.all(bodies.map((body) => lastValueFrom(client.emit(key, body)))),
    close: () => client.close(),
  };
};
