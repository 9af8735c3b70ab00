import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { INestApplication } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Account, paint, print } from './demo/account.js';
import { DeadLetterWatch } from './demo/dead-letters.js';
import { startApp } from './demo/demo-app.js';
import { reportHealth } from './demo/health.js';
import { invite } from './demo/invitation.js';
import { QuietLogger } from './demo/quiet-logger.js';
import { connectPlainClient, deleteKeys, leftOver } from './demo/redis-state.js';
import { SCENES } from './demo/scenes.js';
import { send } from './demo/senders.js';
import { haveAllEnded, summarise } from './demo/summary.js';
import { redisSettings } from './redis-settings.js';

/** The longest that the demo waits for every message to come to its end, in ms. */
const WAIT = 20_000;
const LOOK_EVERY = 25;

interface Stage {
  readonly redis: Redis;
  readonly prefix: string;
  readonly url: string;
  readonly account: Account;
  readonly watch: DeadLetterWatch;
}

const INTERRUPTED = 130;

const stop = new AbortController();
const stopped = once(stop.signal, 'abort');
const logger = new QuietLogger();
process.exitCode = await main().catch((error: unknown) => {
  logger.reveal();
  process.stderr.write(`${paint('red', 'The demo failed.')} ${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
});

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { serve: { type: 'boolean', default: false } } });
  endOnSignals();
  // Keys of its own: a shared Redis is not disturbed, and what earlier runs left does not matter.
  const prefix = `demo:${randomBytes(4).toString('hex')}:`;
  process.env['REDIS_KEY_PREFIX'] = prefix;
  const { connection } = redisSettings();
  const redis = await connectPlainClient(connection);
  const account = new Account();
  let app: INestApplication | undefined;
  try {
    const port = values.serve ? Number(process.env['PORT'] || 3000) : 0;
    const started = await startApp(port, logger, account.add);
    app = started.app;
    const watch = new DeadLetterWatch(redis, prefix, account.add);
    const stage = { redis, prefix, url: started.url, account, watch };
    const isRight = await Promise.race([perform(stage), stopped.then(() => undefined)]);
    if (isRight === undefined) return INTERRUPTED;
    if (values.serve) {
      invite(stage.url, connection, prefix);
      await serve(stage);
    }
    return isRight ? 0 : 1;
  } finally {
    await tidyUp(app, redis, prefix);
  }
}

/** The first signal asks for an end in good order. One Ctrl-C may arrive twice; the next one ends it at once. */
function endOnSignals(): void {
  let askedAt = Infinity;
  const end = (): void => {
    if (Date.now() - askedAt > 500) process.exit(INTERRUPTED);
    askedAt = Math.min(askedAt, Date.now());
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
}

/** Sends everything, waits until it has come to its end, and tells whether that is as it should be. */
async function perform({ redis, prefix, url, account, watch }: Stage): Promise<boolean> {
  print(paint('bold', 'What happens, in this order'));
  print();
  for (const scene of SCENES) {
    if (!stop.signal.aborted) await send(scene, { url, redis, prefix }, account.add);
  }
  const until = Date.now() + WAIT;
  let left: string[] = [];
  do {
    await sleep(LOOK_EVERY);
    await watch.look();
    left = await leftOver(redis, prefix);
  } while (!(haveAllEnded(account.events) && left.length === 0) && Date.now() < until && !stop.signal.aborted);
  if (stop.signal.aborted) return false;
  print();
  const wrong = [...(await reportHealth(url)), ...left.map((what) => `left over: ${what}`)];
  print();
  wrong.push(...summarise(account.events));
  print();
  return conclude(wrong);
}

function conclude(wrong: readonly string[]): boolean {
  if (wrong.length === 0) {
    print(paint('green', `All ${SCENES.length} messages came to the end that was expected, and nothing is left over.`));
  } else {
    print(paint('red', 'Not everything happened that should have:'));
    for (const what of wrong) print(`  - ${what}`);
    logger.reveal();
  }
  print();
  return wrong.length === 0;
}

/** Tells what happens until Ctrl-C. */
async function serve({ watch }: Stage): Promise<void> {
  while (!stop.signal.aborted) {
    // Redis may be away for a while; the application says so itself.
    await watch.look().catch(() => undefined);
    await sleep(LOOK_EVERY * 4, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}

async function tidyUp(app: INestApplication | undefined, redis: Redis, prefix: string): Promise<void> {
  // Ctrl-C in a terminal also reaches a Redis that was started for the demo.
  logger.isMuted = stop.signal.aborted;
  await app?.close();
  const isDeleted =
    redis.status === 'ready' &&
    (await deleteKeys(redis, prefix).then(
      () => true,
      () => false,
    ));
  redis.disconnect();
  print(isDeleted ? 'The application is closed, its keys are deleted.' : 'The application is closed.');
}
