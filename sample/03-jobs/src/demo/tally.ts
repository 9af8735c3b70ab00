import type { RedisFlowEvents } from 'nestjs-redis-flow';

/** Counts by name. */
export type Counts = Record<string, number>;

export const countBy = <T>(items: readonly T[], nameOf: (item: T) => string): Counts => {
  const counts: Counts = {};
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1;
  return counts;
};

/** Counts what happens to mails beside being sent. */
export class Tally {
  retries = 0;
  readonly givenUp: string[] = [];

  constructor(events: RedisFlowEvents) {
    events.events$.subscribe((event) => {
      if (event.type === 'retried') this.retries += 1;
      if (event.type === 'deadLettered') this.givenUp.push(event.reason);
    });
  }
}
