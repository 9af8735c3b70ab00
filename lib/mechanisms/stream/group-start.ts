import type { RedisConnection } from '../../connection/index.js';
import type { ResolvedStreamOptions } from '../../options/index.js';
import { StopReading } from '../loop-health.js';
import { Checkpoints } from './checkpoints.js';

/** Where a new group starts. A checkpoint that nobody has written yet stands before the first entry. */
export async function startOf(
  connection: RedisConnection,
  stream: string,
  { from }: ResolvedStreamOptions,
): Promise<string> {
  if (typeof from === 'string') return from;
  const checkpoint = await new Checkpoints(connection, stream).read(from.checkpoint);
  return checkpoint?.id ?? '0';
}

/** Where a group that has disappeared starts again. @throws StopReading where it is not to be made again. */
export function restartOf({ onGroupMissing, group }: ResolvedStreamOptions, failure: unknown): '0' | '$' {
  if (onGroupMissing !== 'fail') return onGroupMissing === 'recreate' ? '0' : '$';
  const why = (failure as Error).message;
  throw new StopReading(`the group "${group}" is missing and onGroupMissing is 'fail' (${why})`);
}
