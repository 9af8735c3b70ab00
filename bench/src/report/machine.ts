import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg } from 'node:os';

function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  return (require(`${name}/package.json`) as { version: string }).version;
}

/** What it ran on. */
export function machine(server: string): string {
  const [cpu] = cpus();
  return [
    new Date().toISOString().slice(0, 10),
    `Node ${process.versions.node}`,
    server,
    `ioredis ${versionOf('ioredis')}`,
    `Nest ${versionOf('@nestjs/core')}`,
    `BullMQ ${versionOf('bullmq')}`,
    `${availableParallelism()} cores of ${cpu?.model.trim() ?? 'an unknown processor'}`,
  ].join(' · ');
}

/** The benchmark alone keeps about two cores busy: more than that is somebody else's work. */
export const load = (): string => `load average ${(loadavg()[0] ?? NaN).toFixed(1)}`;
