import { type DynamicModule, Inject, Injectable } from '@nestjs/common';
import { ClientProxy, ClientsModule } from '@nestjs/microservices';
import { NoConsumerError, RedisFlowClient, RedisFlowRecordBuilder } from 'nestjs-redis-flow';
import { catchError, lastValueFrom, of, throwError, toArray } from 'rxjs';

export const clients = (connection: string): DynamicModule =>
  ClientsModule.register([{ name: 'MATH', customClass: RedisFlowClient, options: { connection, patterns: 'stream' } }]);

@Injectable()
export class Shop {
  constructor(@Inject('MATH') private readonly client: ClientProxy) {}

  total(prices: number[]): Promise<number> {
    return lastValueFrom(this.client.send<number>('sum', prices));
  }

  countdown(from: number): Promise<number[]> {
    return lastValueFrom(this.client.send<number>({ cmd: 'countdown' }, from).pipe(toArray()));
  }

  report(year: number): Promise<string> {
    const record = new RedisFlowRecordBuilder(year).setHeaders({ tenant: 'acme' }).setTimeout(5_000).build();
    return lastValueFrom(this.client.send<string>('report', record));
  }

  totalOrNothing(prices: number[]): Promise<number | undefined> {
    const total = this.client
      .send<number>('sum', prices)
      .pipe(catchError((error) => (error instanceof NoConsumerError ? of(undefined) : throwError(() => error))));
    return lastValueFrom(total);
  }

  sold(amount: number): void {
    this.client.emit('sold', { amount });
  }
}
