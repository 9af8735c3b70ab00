import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose_gc');
// Else V8 may come to make objects in the old space that it expects to live: that says nothing of what keeps them.
setFlagsFromString('--no-allocation-site-pretenuring');

/** A full garbage collection, or one of the young objects only. */
export const collectGarbage = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;

/** What lives, in MB, buffers among it. */
export function usedMegabytes(): number {
  // The first may only end one that was under way, which keeps whatever has died since it began.
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1_000_000;
}

/** What the old space holds, in MB: what lives, and what has died since the last full garbage collection. */
export function oldSpaceMegabytes(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space');
  return (space?.space_used_size ?? 0) / 1_000_000;
}
