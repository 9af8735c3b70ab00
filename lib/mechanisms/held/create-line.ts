import type { ResolvedQueueOptions, ResolvedStreamOptions } from '../../options/index.js';
import { BatchLine } from './batch-line.js';
import { FifoLine } from './fifo-line.js';
import { LaneLine } from './lane-line.js';
import type { Unit } from './unit.js';
import type { Line, Waiting } from './waiting.interface.js';

/** @param pump is called when a batch has waited long enough for others. */
export function createLine<T extends Waiting>(
  { batch, orderBy }: ResolvedStreamOptions | ResolvedQueueOptions,
  pump: () => void,
): Line<T, Unit<T>> {
  if (batch !== undefined) return new BatchLine<T>(batch, pump) as Line<T, Unit<T>>;
  return (orderBy === undefined ? new FifoLine<T>() : new LaneLine<T>()) as unknown as Line<T, Unit<T>>;
}
