import { RedisFlowModule, RedisPublisher } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { killSubscriber } from '../../integration/channel/listeners.js';
import { eventually } from '../../support/eventually.js';
import { hybridApp } from '../../support/app.js';
import { plainRedis, redisUrl, unique } from '../../support/redis.js';
import { Recorder } from '../../support/recorder.js';
import { Alarms, Pager } from './examples/alarms.js';
import { EventsController, type Happening, Warehouse } from './examples/events.controller.js';
import { type Order, ShopController, Work } from './examples/shop.controller.js';
import { Billing, Publishing } from './examples/publishing.js';
import { Outbox } from './examples/outcome.js';
import { ProductCache } from './examples/product-cache.js';
import { RedriveController } from './examples/redrive.controller.js';
import { Bank, BankHours, Calendar, type Transfer, TransfersController } from './examples/transfers.controller.js';
import { Scanner, UploadsController } from './examples/uploads.controller.js';

/** Keys of its own, as the examples name theirs. */
function place() {
  const keyPrefix = `${unique('docs')}:`;
  const redis = plainRedis();
  return {
    redis,
    keyPrefix,
    flow: { keyPrefix },
    letters: (stream: string) => redis.xrange(`${keyPrefix}${stream}:dlq`, '-', '+'),
    pending: async (stream: string, group: string) => Number((await redis.xpending(keyPrefix + stream, group))[0]),
  };
}

describe('the examples in the documentation', () => {
  it('store batches, retry what is rejected by itself, and keep what is rejected each time', async () => {
    const { flow, letters, pending } = place();
    const calls = new Recorder<string[]>();
    const insert = async (rows: readonly Happening[]) => {
      const names = rows.map(({ name }) => name);
      calls.add(names);
      return { rejected: names.flatMap((name, index) => (name === 'too long' ? [index] : [])) };
    };
    const app = await hybridApp({
      flow: { ...flow, defaults: { stream: { retry: { backoff: { type: 'fixed', delay: 0 } } } } },
      controllers: [EventsController],
      providers: [{ provide: Warehouse, useValue: { insert } }],
    });
    const events = ['a', 'too long', 'b'].map((name) => ({ data: { name } }));
    await app.get(RedisPublisher).appendMany('events', events);

    await eventually(async () => expect(await letters('events')).toHaveLength(1));
    expect(calls.items).toEqual([['a', 'too long', 'b'], ['too long'], ['too long']]);
    expect(await pending('events', 'warehouse')).toBe(0);
  });

  it('acknowledge when somebody calls back, long after the handler has returned', async () => {
    const { flow, letters, pending } = place();
    const scans = new Recorder<{ file: string; end: (isClean: boolean) => void }>();
    const app = await hybridApp({
      flow,
      controllers: [UploadsController],
      providers: [
        { provide: Scanner, useValue: { scan: (file: string, end: () => void) => scans.add({ file, end }) } },
      ],
    });
    await app.get(RedisPublisher).append('uploads', { file: 'clean' });
    await app.get(RedisPublisher).append('uploads', { file: 'virus' });

    await scans.count(2);
    expect(await pending('uploads', 'scan')).toBe(2);
    for (const { file, end } of scans.items) end(file === 'clean');
    await eventually(async () => expect(await pending('uploads', 'scan')).toBe(0));
    expect(String(await letters('uploads'))).toMatch(/virus.*"dlq-detail":"it has a virus"/);
  });

  it('retry when the bank opens, give up after ten days, and wake people up', async () => {
    const { flow, letters } = place();
    const alerts = new Recorder<string>();
    const transfers: Transfer[] = [];
    const transfer = async (one: Transfer) => {
      transfers.push(one);
      throw new Error('closed');
    };
    const app = await hybridApp({
      flow,
      controllers: [TransfersController],
      providers: [
        BankHours,
        Alarms,
        { provide: Calendar, useValue: { msUntilOpen: () => 0 } },
        { provide: Bank, useValue: { transfer } },
        { provide: Pager, useValue: { alert: alerts.add } },
      ],
    });
    await app.get(RedisPublisher).append('transfers', { from: 'a', to: 'b' });

    expect(await alerts.count(1)).toEqual(['transfers: exhausted']);
    expect(transfers).toHaveLength(10);
    await eventually(async () => expect(String(await letters('transfers'))).toContain('ten banking days'));
  });

  it('give an order to each group once, a job to one instance, and a message to every instance', async () => {
    const { flow } = place();
    const done = new Recorder<string>();
    const work: Work = {
      charge: ({ id }: Order) => done.add(`charged ${id}`),
      record: ({ id }: Order) => done.add(`recorded ${id}`),
      sendMail: (id: string) => done.add(`mailed ${id}`),
      show: done.add,
    };
    const instance = () =>
      hybridApp({ flow, controllers: [ShopController], providers: [{ provide: Work, useValue: work }] });
    const [app] = await Promise.all([instance(), instance()]);
    await app.get(ShopController).place({ id: 'o1', userId: 'u1' });
    await app.get(ShopController).place({ id: 'o2', userId: 'u1' });

    await done.count(10);
    const counts = Object.fromEntries(
      [...new Set(done.items)].map((what) => [what, done.items.filter((each) => each === what).length]),
    );
    expect(counts).toEqual({
      ...Object.fromEntries(
        ['o1', 'o2'].flatMap((id) => ['charged', 'recorded', 'mailed'].map((did) => [`${did} ${id}`, 1])),
      ),
      'Thank you!': 4,
    });
  });

  it('publish in every way there is', async () => {
    const { flow, redis, keyPrefix } = place();
    const app = await hybridApp({
      flow: { ...flow, consume: false },
      imports: [
        RedisFlowModule.forRoot({
          connection: redisUrl(),
          keyPrefix: `${keyPrefix}billing:`,
          name: 'billing',
          consume: false,
        }),
      ],
      providers: [Publishing, Billing],
    });
    const publishing = app.get(Publishing);
    await publishing.one({ id: 'o1' });
    await publishing.limited({ id: 'o2' });
    await publishing.known({ id: 'o3' });
    await publishing.later();
    expect(await publishing.tell({ text: 'Hi!' })).toMatch(/^\d+-0 is kept, 0 have it$/);
    await app.get(Billing).bill({ id: 'o1' });

    const lengths = Promise.all([
      redis.xlen(`${keyPrefix}orders`),
      redis.llen(`${keyPrefix}jobs:email`),
      redis.zcard(`${keyPrefix}jobs:reminder:delayed`),
      redis.llen(`${keyPrefix}jobs:thumbnail`),
      redis.xlen(`${keyPrefix}billing:bills`),
    ]);
    expect(await lengths).toEqual([3, 1, 1, 1, 1]);
  });

  it('drop what has changed from a cache, and everything after a gap', async () => {
    const { flow } = place();
    const consumer = unique('cache');
    const app = await hybridApp({ flow: { ...flow, consumer }, providers: [ProductCache] });
    const { products } = app.get(ProductCache);
    products.set('1', { id: '1', price: 5 }).set('2', { id: '2', price: 7 });
    await app.get(RedisPublisher).publish('products:1', 'changed');
    await eventually(() => expect([...products.keys()]).toEqual(['2']));

    await killSubscriber(plainRedis(), consumer);
    await eventually(() => expect(products.size).toBe(0));
  });

  it('put dead letters back once, and leave what fails again and what cannot be decoded', async () => {
    const { flow, redis, keyPrefix, letters, pending } = place();
    const seen = new Recorder<string>();
    const mended = new Set<string>();
    const charge = ({ id }: Order): void => {
      seen.add(id);
      if (!mended.has(id)) throw new TypeError(`${id} is not mended`);
    };
    const work = { charge, record: () => undefined, sendMail: () => undefined, show: () => undefined };
    const shop = () =>
      hybridApp({ flow, controllers: [ShopController], providers: [{ provide: Work, useValue: work }] });
    const first = await shop();
    for (const id of ['o1', 'o2'])
      await first.get(RedisPublisher).append('orders', { id }, { headers: { tenant: id } });
    await redis.xadd(`${keyPrefix}orders`, '*', '$data', 'broken');
    // The group "audit" gives up what it cannot decode, too.
    await eventually(async () => expect(await letters('orders')).toHaveLength(4));
    mended.add('o1');

    await hybridApp({ flow, controllers: [RedriveController] });
    await eventually(async () => expect(await letters('orders')).toHaveLength(5));
    await eventually(async () => expect(await pending('orders:dlq', 'redrive')).toBe(0));
    expect(seen.items).toEqual(['o1', 'o2', 'o1', 'o2']);
    expect(await redis.xlen(`${keyPrefix}orders`)).toBe(5);
    expect(await redis.exists(`${keyPrefix}orders:dlq:dlq`)).toBe(0);
    const [, fields = []] = (await letters('orders')).at(-1) ?? [];
    expect(JSON.parse(fields[3] ?? '')).toMatchObject({ tenant: 'o2', 'dlq-attempts': '1', 'dlq-reason': 'fatal' });
  });

  it('append again where an answer was lost', async () => {
    const { flow, redis, keyPrefix } = place();
    const app = await hybridApp({ flow: { ...flow, consume: false }, providers: [Outbox] });
    const outbox = app.get(Outbox);
    expect(await outbox.add({ id: 'o1' })).toBe(await outbox.add({ id: 'o1' }));
    expect(await redis.xlen(`${keyPrefix}orders`)).toBe(1);
  });
});
