import { OnChannel, OnQueue, OnStream } from 'nestjs-redis-flow';

/** A handler of each kind, none of which is called. */
export class Handlers {
  @OnStream('orders')
  stream(): void {}

  @OnQueue('jobs')
  queue(): void {}

  @OnChannel('news')
  channel(): void {}
}
