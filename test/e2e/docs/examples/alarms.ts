import { Injectable } from '@nestjs/common';
import { RedisFlowEvents } from 'nestjs-redis-flow';

/** Wakes people up. */
export abstract class Pager {
  abstract alert(text: string): void;
}

@Injectable()
export class Alarms {
  constructor(
    events: RedisFlowEvents,
    private readonly pager: Pager,
  ) {
    events.events$.subscribe((event) => {
      if (event.type === 'deadLettered') this.pager.alert(`${event.source.key}: ${event.reason}`);
      if (event.type === 'lost') this.pager.alert(`${event.key}: ${event.count} entries are lost`);
    });
  }
}
