import { Inject, Injectable } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { RedisFlowRecordBuilder } from 'nestjs-redis-flow';
import { type Observable, lastValueFrom } from 'rxjs';
import type { Reservation, Stock } from '../warehouse/stock.js';

/** The token of the client that asks the warehouse. */
export const WAREHOUSE = 'WAREHOUSE';

/** Asks the warehouse as it would over any transport of Nest's. */
@Injectable()
export class Shop {
  constructor(@Inject(WAREHOUSE) private readonly warehouse: ClientProxy) {}

  stock(article: string): Promise<Stock> {
    return lastValueFrom(this.warehouse.send<Stock>('stock', article));
  }

  sendParcel(order: string): Observable<string> {
    return this.warehouse.send<string>({ cmd: 'send-parcel' }, order);
  }

  /** Resolves with how many are left. */
  reserve(reservation: Reservation): Promise<number> {
    return lastValueFrom(this.warehouse.send<number>('reserve', reservation));
  }

  /** Waits for `patience` ms, instead of 30 seconds. */
  takeStock(patience: number): Promise<number> {
    const record = new RedisFlowRecordBuilder('everything').setTimeout(patience).build();
    return lastValueFrom(this.warehouse.send<number>('stocktaking', record));
  }
}
