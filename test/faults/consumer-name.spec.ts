import { ConsumerNameTakenError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { StreamLab } from '../support/faults/stream-lab.js';
import { unique } from '../support/redis.js';

describe('a consumer name that a living process has', () => {
  it('is refused to a second one at bootstrap, and is free again soon after a kill -9 of its holder', async () => {
    const lab = new StreamLab();
    const consumer = unique('consumer');
    const holder = lab.child({}, { consumer });
    await holder.ready();
    const start = () => lab.worker({ flow: { consumer } });

    const refusal: unknown = await start().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConsumerNameTakenError);
    expect((refusal as Error).message).toContain(consumer);
    await lab.append({ n: 0 });
    await lab.ledger.until('end', 1, 0);
    await lab.settled();

    await holder.kill();
    const worker = await eventually(start);

    await lab.append({ n: 1 });
    await worker.finished.count(1);
    expect(worker.data).toEqual([{ n: 1 }]);
  });
});
