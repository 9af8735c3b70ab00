import { Injectable } from '@nestjs/common';
import { InjectRedisPublisher, RedisPublisher } from 'nestjs-redis-flow';

export interface Order {
  readonly id: string;
}

/** The ways to publish. */
@Injectable()
export class Publishing {
  constructor(private readonly publisher: RedisPublisher) {}

  async one(order: Order): Promise<void> {
    await this.publisher.publish('prices', { eur: 9.5 }); // receivers
    await this.publisher.append('orders', order, { headers: { tenant: 'acme' } }); // the entry's id
    await this.publisher.enqueue('jobs:email', { to: 'a' }, { front: true }); // the job's id
  }

  async tell(note: { readonly text: string }): Promise<string> {
    const { id, receivers } = await this.publisher.notify('user:7', note, { history: 'user:7:log', maxLength: 500 });
    return `${id} is kept, ${receivers} have it`;
  }

  async limited(order: Order): Promise<void> {
    await this.publisher.append('orders', order, { maxLength: 100_000, maxAge: 7 * 24 * 60 * 60 * 1_000 });
  }

  async known(order: Order): Promise<void> {
    await this.publisher.append('orders', order, { dedupe: order.id });
    await this.publisher.append('orders', order, { dedupe: { key: order.id, window: 60 * 60 * 1_000 } });
  }

  async later(): Promise<void> {
    await this.publisher.enqueue('jobs:reminder', { to: 'ada' }, { delay: 60 * 60 * 1_000 });
    await this.publisher.enqueue('jobs:thumbnail', { file: 'a.png' }, { maxLength: 1_000 });
  }
}

@Injectable()
export class Billing {
  constructor(@InjectRedisPublisher('billing') private readonly billing: RedisPublisher) {}

  bill(order: Order): Promise<string> {
    return this.billing.append('bills', order);
  }
}
