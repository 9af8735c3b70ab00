import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { RedisFlowContext } from 'nestjs-redis-flow';
import { type Observable, interval, map, take } from 'rxjs';
import { Clerk } from './clerk.js';
import type { Reservation, Stock } from './stock.js';

const PIECES: Readonly<Record<string, number>> = { apples: 12, plums: 3 };
const STEPS = ['picked', 'packed', 'sent'];
const SHELVES = 6_000;

/** Nest's own decorators: nothing here knows what carries the requests. */
@Controller()
export class WarehouseController {
  constructor(private readonly clerk: Clerk) {}

  /** One of the instances answers. */
  @MessagePattern('stock')
  stock(@Payload() article: string): Stock {
    this.clerk.asked += 1;
    return { article, pieces: PIECES[article] ?? 0, by: this.clerk.instance };
  }

  /** An answer of many values: the caller gets each as it comes. */
  @MessagePattern({ cmd: 'send-parcel' })
  sendParcel(): Observable<string> {
    return interval(20).pipe(
      take(STEPS.length),
      map((index) => STEPS[index] ?? ''),
    );
  }

  /** What is in an RpcException reaches the caller. */
  @MessagePattern('reserve')
  reserve(@Payload() { article, pieces }: Reservation): number {
    const left = (PIECES[article] ?? 0) - pieces;
    if (left < 0) throw new RpcException({ code: 'TOO_FEW', article, missing: -left });
    return left;
  }

  /** Takes a minute, but goes to no other shelf when nobody waits any more. */
  @MessagePattern('stocktaking')
  async takeStock(@Ctx() { signal }: RedisFlowContext): Promise<number> {
    let pieces = 0;
    for (let shelf = 0; shelf < SHELVES && !signal.aborted; shelf += 1) pieces += await this.clerk.count(shelf);
    if (signal.aborted) this.clerk.leftOff += 1;
    return pieces;
  }
}
