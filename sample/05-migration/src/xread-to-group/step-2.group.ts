import { Injectable } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OnStream } from 'nestjs-redis-flow';
import { Handled } from '../handled.js';

@Injectable()
export class AuditGroup {
  constructor(private readonly handled: Handled) {}

  /** The new group starts where the reader stopped. From then on `from` does not matter. */
  @OnStream('events', { group: 'audit', from: { checkpoint: 'audit' } })
  audit(@Payload() event: { name: string }): void {
    this.handled.note(event.name);
  }
}
