import { Injectable } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OnStream } from 'nestjs-redis-flow';
import { Handled } from '../handled.js';

@Injectable()
export class AuditReader {
  constructor(private readonly handled: Handled) {}

  /** Still without a group: it goes on after its checkpoint, and moves it by itself. */
  @OnStream('events', { reader: { from: '0', checkpoint: 'audit' } })
  audit(@Payload() event: { name: string }): void {
    this.handled.note(event.name);
  }
}
