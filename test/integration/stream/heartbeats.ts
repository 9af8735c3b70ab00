import { onTestFinished, vi } from 'vitest';
import { Heartbeat } from '../../../lib/mechanisms/held/heartbeat.js';

/**
 * The consumers that are started from here on have their heartbeats when a test says so: with the leases of half a minute
 * nothing lapses meanwhile, however slow the machine is. Each call resolves when all of them have had one.
 */
export function heartbeatsByHand(): () => Promise<void> {
  const heartbeats: Heartbeat[] = [];
  vi.spyOn(Heartbeat.prototype, 'start').mockImplementation(function (this: Heartbeat) {
    heartbeats.push(this);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  return async () => void (await Promise.all(heartbeats.map((heartbeat) => heartbeat['beat']())));
}
