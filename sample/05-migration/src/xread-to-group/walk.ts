import type { Tools, Walk } from '../walk.js';
import { handOver } from './hand-over.js';
import { readByHand } from './step-0.by-hand.js';
import { AuditReader } from './step-1.reader.js';
import { AuditGroup } from './step-2.group.js';

async function happen({ redis }: Tools, ...names: string[]): Promise<void> {
  for (const name of names) await redis.xadd('events', '*', 'name', name);
}

async function byHand(tools: Tools): Promise<void> {
  const { redis, handled, say } = tools;
  say('A loop by hand reads with XREAD.');
  await happen(tools, 'a', 'b');
  const stop = new AbortController();
  const client = redis.duplicate();
  const loop = readByHand(client, handled, stop.signal);
  await handled.until('b');
  stop.abort();
  await loop;
  client.disconnect();
}

/** From a loop by hand to a reader, and from there to a group. Nothing is missed, and nothing comes twice. */
export const xreadToGroup: Walk = async (tools) => {
  const { redis, handled, start, say } = tools;
  await byHand(tools);
  await happen(tools, 'c', 'd');

  say('Its place becomes a checkpoint, and a reader goes on there.');
  await handOver(redis);
  const reader = await start(AuditReader);
  await handled.until('d');
  await reader.close();
  await happen(tools, 'e', 'f');

  say('A group goes on where the reader stopped.');
  await start(AuditGroup);
  await happen(tools, 'g');
  await handled.until('g');
};

/** The same without a stop at a reader. */
export const xreadStraightToGroup: Walk = async (tools) => {
  const { redis, handled, start, say } = tools;
  await byHand(tools);
  await happen(tools, 'c', 'd');

  say('Its place becomes a checkpoint, and a group starts there.');
  await handOver(redis);
  await start(AuditGroup);
  await happen(tools, 'e');
  await handled.until('e');
};
