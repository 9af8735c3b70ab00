import type { Walk } from '../walk.js';
import type { Price } from './prices.js';
import { PriceListener, publishPrice } from './step-0.channel.js';
import { publishPriceToBoth } from './step-1.publish-both.js';
import { PriceKeeper } from './step-2.stream.js';
import { appendPrice } from './step-3.append.js';

const price = (of: string): Price => ({ of, cents: 100 });

/**
 * From a channel to a stream, instance after instance. Nothing is missed from the first step on; what is published while
 * an instance of the old kind and one of the new kind run comes twice.
 */
export const pubsubToStream: Walk = async ({ publisher, handled, start, say }) => {
  say('Handlers listen to a channel. What is published while none does is gone.');
  const first = await start(PriceListener);
  await publishPrice(publisher, price('apples'));
  await handled.until('apples');
  await first.close();
  await publishPrice(publisher, price('lost pears'));

  say('Publishers append to a stream as well.');
  const old = await start(PriceListener);
  await publishPriceToBoth(publisher, price('plums'));
  await handled.until('plums');

  say('Handlers read the stream, instance after instance. Meanwhile there are both.');
  const one = await start(PriceKeeper);
  await publishPriceToBoth(publisher, price('cherries'));
  await handled.until('cherries', 2);
  await old.close();
  await one.close();
  await publishPriceToBoth(publisher, price('quinces'));
  await start(PriceKeeper);
  await handled.until('quinces');

  say('Publishers leave the channel.');
  await appendPrice(publisher, price('grapes'));
  await handled.until('grapes');
};
