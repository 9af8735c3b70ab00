// The process of one caller that asks at a steady pace. Argument: the contender.
import { lastValueFrom } from 'rxjs';
import { now } from '../clock.js';
import type { Source } from '../consumers/consumer.interface.js';
import { trickle } from '../latency/trickle.js';
import { type Body, FIRST } from '../message.js';
import { REQUEST_CONTENDERS, type RequestContenderName } from '../requests/contenders.js';
import { serve } from './serve.js';

const { connect } = REQUEST_CONTENDERS[process.argv[2] as RequestContenderName];

serve<Source, readonly number[]>(async ({ url, key, count }) => {
  const client = connect(url);
  await client.connect();
  const answeredAt: number[] = [];
  const ask = async (body: Body): Promise<void> => {
    const answer = await lastValueFrom(client.send<number>(key, body));
    answeredAt[body.n - FIRST] = now();
    if (answer !== body.n) throw new Error('a request got a wrong answer');
  };
  const askedAt = await trickle(ask, count, 100);
  await client.close();
  return askedAt.map((time, index) => (answeredAt[index] ?? NaN) - time);
});
