import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { BatchFailure, OnStream } from 'nestjs-redis-flow';

/** Something that happened. */
export interface Happening {
  readonly name: string;
}

/** Takes many rows at once, and says which of them it does not take. */
export abstract class Warehouse {
  abstract insert(rows: readonly Happening[]): Promise<{ readonly rejected: readonly number[] }>;
}

@Controller()
export class EventsController {
  constructor(private readonly warehouse: Warehouse) {}

  @OnStream('events', { group: 'warehouse', batch: { size: 100, wait: 50 }, retry: { attempts: 3 } })
  async store(@Payload() events: Happening[]): Promise<void> {
    const { rejected } = await this.warehouse.insert(events);
    // Those are retried or dead-lettered, each by itself. The others are done.
    if (rejected.length > 0) throw new BatchFailure(rejected);
  }
}
