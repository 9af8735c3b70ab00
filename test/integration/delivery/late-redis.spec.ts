import { PublishFailedError } from 'nestjs-redis-flow';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../tools/redis/free-port.mjs';
import { startRedisServer } from '../../../tools/redis/start-server.mjs';
import { channelHarness } from '../../support/conformance/channel.harness.js';
import { Lab } from '../../support/conformance/lab.js';
import { queueHarness } from '../../support/conformance/queue.harness.js';
import { streamHarness } from '../../support/conformance/stream.harness.js';
import { eventually } from '../../support/eventually.js';

/** Less than a command waits for Redis to be there, and more than a busy machine takes, in ms. */
const PROMPT = 4_000;

const HARNESSES = [streamHarness, queueHarness, channelHarness];

describe.each(HARNESSES)('Redis is not there yet, $kind', (harness) => {
  it('the application starts, logs it once, refuses to publish, and handles as soon as Redis comes', async () => {
    const port = await freePort();
    const lab = await Lab.open(harness, `redis://127.0.0.1:${port}`);
    const lines: string[] = [];
    const note = (line: unknown): void => void lines.push(String(line));
    const logger = { log: () => undefined, warn: note, error: note };

    const refusal = lab.publish(['too early']).catch((error: unknown) => error);
    const worker = await lab.worker({ logger });
    expect(worker.status()).toMatchObject({ alive: false });
    expect(await refusal).toBeInstanceOf(PublishFailedError);
    expect(lines).toEqual([expect.stringMatching(/Connection "default": Redis is not there \(.*ECONNREFUSED/)]);

    const server = await startRedisServer({ port });
    onTestFinished(() => server.stop());
    await eventually(() => expect(worker.status()).toMatchObject({ alive: true }));
    await lab.publish(['in time']);

    await worker.finished.count(1);
    expect(worker.data).toEqual(['in time']);
    expect(lines).toHaveLength(1);
  });
});

describe('an application that Redis is not there for', () => {
  it('closes promptly', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const workers = await Promise.all(HARNESSES.map(async (harness) => (await Lab.open(harness, url)).worker()));

    for (const worker of workers) {
      const since = Date.now();
      await worker.close();
      expect(Date.now() - since).toBeLessThan(PROMPT);
    }
  });
});
