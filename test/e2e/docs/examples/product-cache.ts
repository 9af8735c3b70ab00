import { Injectable } from '@nestjs/common';
import { ChannelParam, OnChannel, RedisFlowEvents } from 'nestjs-redis-flow';

export interface Product {
  readonly id: string;
  readonly price: number;
}

@Injectable()
export class ProductCache {
  readonly products = new Map<string, Product>();

  constructor(events: RedisFlowEvents) {
    events.events$.subscribe((event) => {
      // What was published in the gap has not come: any of them may be stale.
      if (event.type === 'gap' && event.channels.includes('products:{id}')) this.products.clear();
    });
  }

  @OnChannel('products:{id}', { buffer: 10_000 })
  changed(@ChannelParam('id') id: string): void {
    this.products.delete(id);
  }
}
