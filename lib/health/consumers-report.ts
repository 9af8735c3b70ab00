import type { ConsumerStatus } from '../mechanisms/index.js';

/** How the consumers of a process are doing together. `dead` and `degraded` name those, with the reason. */
export interface ConsumersReport {
  readonly status: 'up' | 'degraded' | 'down';
  readonly details: {
    readonly consumers: number;
    readonly running: number;
    readonly dead?: readonly string[];
    readonly degraded?: readonly string[];
  };
}

const named = (name: 'dead' | 'degraded', texts: readonly string[]) => (texts.length === 0 ? {} : { [name]: texts });

/** One that is dead makes all `down`; one that is alive and has trouble makes all `degraded`. */
export function reportConsumers(statuses: readonly ConsumerStatus[]): ConsumersReport {
  const dead = statuses.filter(({ alive }) => !alive).map(({ label, reason }) => `${label}: ${reason ?? 'not alive'}`);
  const degraded = statuses.flatMap(({ label, degraded: why }) => (why === undefined ? [] : [`${label}: ${why}`]));
  const running = statuses.reduce((sum, status) => sum + status.running, 0);
  const details = {
    consumers: statuses.length,
    running,
    ...named('dead', dead),
    ...named('degraded', degraded),
  };
  if (dead.length > 0) return { status: 'down', details };
  return { status: degraded.length > 0 ? 'degraded' : 'up', details };
}
