import type { Queue } from 'bullmq';
import { bullmqQueue } from '../media/bullmq.js';
import type { Body } from '../message.js';
import type { OpenPublisher } from './publisher.interface.js';

const JOB = 'job';

const open =
  (send: (queue: Queue<Body>, bodies: readonly Body[]) => Promise<unknown>): OpenPublisher =>
  async (url, key) => {
    const queue = bullmqQueue(url, key);
    await queue.waitUntilReady();
    return { send: (bodies) => send(queue, bodies), close: () => queue.close() };
  };

/** A job for each message, all in the same tick. */
export const bullmqAdd = open((queue, bodies) => Promise.all(bodies.map((body) => queue.add(JOB, body))));

export const bullmqAddBulk = open((queue, bodies) => queue.addBulk(bodies.map((data) => ({ name: JOB, data }))));
