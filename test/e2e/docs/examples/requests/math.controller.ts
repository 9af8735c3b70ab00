import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { RedisFlowContext } from 'nestjs-redis-flow';
import { type Observable, map, range } from 'rxjs';
import { Reports } from './reports.js';

@Controller()
export class MathController {
  constructor(private readonly reports: Reports) {}

  @MessagePattern('sum')
  sum(@Payload() numbers: number[]): number {
    return numbers.reduce((a, b) => a + b, 0);
  }

  @MessagePattern({ cmd: 'countdown' })
  countdown(@Payload() from: number): Observable<number> {
    return range(0, from).pipe(map((step) => from - step));
  }

  @MessagePattern('report')
  async report(@Payload() year: number, @Ctx() { signal }: RedisFlowContext): Promise<string> {
    return this.reports.write(year, signal);
  }

  @EventPattern('sold')
  onSold(@Payload() sale: { amount: number }): void {
    this.reports.add(sale.amount);
  }
}
