import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OnChannel, OnQueue, OnStream, RedisPublisher } from 'nestjs-redis-flow';

export interface Order {
  readonly id: string;
  readonly userId: string;
}

/** Stands for the work. */
export abstract class Work {
  abstract charge(order: Order): void;
  abstract record(order: Order): void;
  abstract sendMail(orderId: string): void;
  abstract show(text: string): void;
}

@Controller()
export class ShopController {
  constructor(
    private readonly publisher: RedisPublisher,
    private readonly work: Work,
  ) {}

  async place(order: Order): Promise<void> {
    await this.publisher.append('orders', order);
    await this.publisher.enqueue('jobs:mail', { orderId: order.id });
    await this.publisher.publish(`pages:user:${order.userId}`, 'Thank you!');
  }

  /** A stream: each group gets every order, and within a group one instance does. */
  @OnStream('orders', { group: 'payments' })
  charge(@Payload() order: Order): void {
    this.work.charge(order);
  }

  @OnStream('orders', { group: 'audit' })
  record(@Payload() order: Order): void {
    this.work.record(order);
  }

  /** A queue: one instance gets the job, and it is gone when it is done. */
  @OnQueue('jobs:mail')
  sendMail(@Payload() job: { orderId: string }): void {
    this.work.sendMail(job.orderId);
  }

  /** A channel: every instance that runs now gets it. */
  @OnChannel('pages:user:*')
  show(@Payload() text: string): void {
    this.work.show(text);
  }
}
