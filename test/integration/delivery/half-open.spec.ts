import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { channelHarness } from '../../support/conformance/channel.harness.js';
import { Lab } from '../../support/conformance/lab.js';
import { streamHarness } from '../../support/conformance/stream.harness.js';
import { eventually } from '../../support/eventually.js';

/** The block time and its grace, or the time between two pings and that for an answer, and as much again for a busy machine. */
const NOTICED_WITHIN = 30_000;

describe.each([streamHarness, channelHarness])('a server that stops answering without a word, $kind', (harness) => {
  it('is noticed by the watchdog, and work goes on when it answers again', async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const lab = await Lab.open(harness, server.url);
    const worker = await lab.worker();
    await lab.publish(['before']);
    await worker.finished.count(1);
    // So that the loop waits in a read, and not for the answer to an ack.
    await eventually(async () => expect(await lab.unsettled()).toBe(0));

    process.kill(server.pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(server.pid, 'SIGCONT'));
    await vi.waitFor(() => expect(worker.status()).toMatchObject({ alive: false }), { timeout: NOTICED_WITHIN });

    process.kill(server.pid, 'SIGCONT');
    await eventually(() => expect(worker.status()).toMatchObject({ alive: true }));
    await eventually(() => lab.publish(['after']));
    await worker.finished.count(2);
    expect(worker.data).toContain('after');
  });
});
