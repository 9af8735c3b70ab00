// The process of one caller. Argument: the contender.
import { lastValueFrom } from 'rxjs';
import type { Source } from '../consumers/consumer.interface.js';
import { FIRST, bodiesFrom } from '../message.js';
import { REQUEST_CONTENDERS, type RequestContenderName } from '../requests/contenders.js';
import { serve } from './serve.js';
import { Stopwatch, type Took } from './stopwatch.js';

/** How many requests are under way at once. */
const AT_ONCE = 100;

const { connect } = REQUEST_CONTENDERS[process.argv[2] as RequestContenderName];

serve<Source, Took>(async ({ url, key, count }) => {
  const client = connect(url);
  await client.connect();
  const stopwatch = new Stopwatch();
  for (let asked = 0; asked < count; asked += AT_ONCE) {
    const bodies = bodiesFrom(FIRST + asked, Math.min(AT_ONCE, count - asked), 100);
    const answers = await Promise.all(bodies.map((body) => lastValueFrom(client.send<number>(key, body))));
    if (answers.some((answer, index) => answer !== bodies[index]?.n)) throw new Error('a request got a wrong answer');
  }
  const took = stopwatch.took();
  await client.close();
  return took;
});
