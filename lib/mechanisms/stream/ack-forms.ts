import type { Argument } from '../../connection/index.js';
import { FINISH } from './once.scripts.js';
import { ACK_OURS } from './settle.scripts.js';
import type { OnceMark } from '../held/once.js';
import type { StreamDelivery } from './stream-delivery.js';
import type { StreamGroup } from './stream.group.js';

/** How entries are acknowledged. */
export interface AckForm {
  /** Whether it goes out with a read. Redis answers both together, so what takes its time goes another way. */
  readonly isQuick: boolean;
  /** The command for entries that are certainly ours. */
  command(deliveries: readonly StreamDelivery[]): readonly Argument[];
  /** Acknowledges those that are ours, and resolves with the ids of the others. */
  ask(deliveries: readonly StreamDelivery[]): Promise<readonly unknown[]>;
}

const idOf = ({ id }: StreamDelivery): string => id;

/** An ack alone. */
export const plainAcks = (group: StreamGroup): AckForm => ({
  isQuick: true,
  command: (deliveries) => ['XACK', group.key, group.group, ...deliveries.map(idOf)],
  ask: async (deliveries) => (await group.run(ACK_OURS, [], deliveries.map(idOf))) as unknown[],
});

/** For `'once'`: together with the marks that what they were known by is done, for `window` ms. */
export function finishingAcks(group: StreamGroup, window: number): AckForm {
  const words = (deliveries: readonly StreamDelivery[], fence: 'certain' | 'ours') => {
    const keys: string[] = [group.keys.progress];
    const args: Argument[] = [window, fence];
    for (const { id, once } of deliveries) {
      keys.push((once as OnceMark).mark);
      args.push(id, (once as OnceMark).hash);
    }
    return [keys, args] as const;
  };
  return {
    isQuick: false,
    command: (deliveries) => group.command(FINISH, ...words(deliveries, 'certain')),
    ask: async (deliveries) => (await group.run(FINISH, ...words(deliveries, 'ours'))) as unknown[],
  };
}
