import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { lastValueFrom, toArray } from 'rxjs';
import { Shop } from '../shop/shop.js';
import { ShopModule } from '../shop/shop.module.js';
import { Clerk } from '../warehouse/clerk.js';
import { startWarehouse } from '../warehouse/start-warehouse.js';
import type { Stock } from '../warehouse/stock.js';
import { type Facts, QUESTIONS } from './expectation.js';

type Say = (what: string) => void;

/** What a request failed with. @throws when it was answered. */
async function failureOf(request: Promise<unknown>): Promise<unknown> {
  const answer = await request.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in answer) return answer.error;
  throw new Error(`there should be no answer, but there is ${JSON.stringify(answer.value)}`);
}

async function nameOfFailure(request: Promise<unknown>): Promise<string> {
  const error = await failureOf(request);
  return error instanceof Error ? error.name : JSON.stringify(error);
}

/** A shop asks, while instances of the warehouse come and go. */
export async function perform(say: Say): Promise<Facts> {
  const shopApp = await NestFactory.createApplicationContext(ShopModule, { logger: ['error', 'warn'] });
  const apps: INestApplicationContext[] = [shopApp];
  const open = async (instance: string): Promise<INestApplicationContext> => {
    const app = await startWarehouse(instance);
    apps.push(app);
    return app;
  };
  try {
    const shop = shopApp.get(Shop);
    const tooEarly = await nameOfFailure(shop.stock('plums'));
    say(`The warehouse is closed: ${tooEarly}, at once.`);

    const [north, south] = [await open('north'), await open('south')];
    const clerks = [north.get(Clerk), south.get(Clerk)];
    const answers = await askAll(shop, say);
    const asked = clerks.reduce((sum, clerk) => sum + clerk.asked, 0);
    const conversation = await converse(shop, say);

    await north.close();
    const remaining = (await shop.stock('plums')).by;
    say(`One instance is closed: ${remaining} answers.`);
    await south.close();
    const tooLate = await nameOfFailure(shop.stock('plums'));
    say(`Both are closed: ${tooLate}, at once.`);

    return {
      tooEarly,
      told: answers.map(({ pieces }) => pieces),
      asked,
      answeredBy: [...new Set(answers.map(({ by }) => by))].toSorted(),
      ...conversation,
      // An instance waits for its handlers when it is closed.
      leftOff: clerks.reduce((sum, clerk) => sum + clerk.leftOff, 0),
      remaining,
      tooLate,
    };
  } finally {
    await Promise.all(apps.map((app) => app.close()));
  }
}

async function askAll(shop: Shop, say: Say): Promise<readonly Stock[]> {
  const answers: Stock[] = [];
  for (const article of QUESTIONS) answers.push(await shop.stock(article));
  const from = (instance: string): string => `${answers.filter(({ by }) => by === instance).length} from ${instance}`;
  say(`Two instances and ${QUESTIONS.length} questions, one answer each: ${from('north')}, ${from('south')}.`);
  return answers;
}

/** Answers that are not one value. */
async function converse(shop: Shop, say: Say): Promise<Pick<Facts, 'steps' | 'left' | 'refusal' | 'tooSlow'>> {
  const steps = await lastValueFrom(shop.sendParcel('order-1').pipe(toArray()));
  say(`An answer of many values: ${steps.join(', ')}.`);
  const left = await shop.reserve({ article: 'plums', pieces: 2 });
  const refusal = await failureOf(shop.reserve({ article: 'plums', pieces: 100 }));
  say(`2 plums can be had; 100 cannot, and the caller gets the handler's error: ${JSON.stringify(refusal)}.`);
  const tooSlow = await nameOfFailure(shop.takeStock(2_000));
  say(`A stocktaking takes a minute, and the shop waits for 2 s: ${tooSlow}. The handler stops, too.`);
  return { steps, left, refusal, tooSlow };
}
