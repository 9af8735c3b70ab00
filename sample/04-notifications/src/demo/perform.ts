import type { INestApplication } from '@nestjs/common';
import { startInstance } from '../start-instance.js';
import { EventSource } from './event-source.js';

export interface Told {
  /** What the client was sent, over all its connections, in order. */
  readonly got: readonly string[];
  /** What was published, in order. */
  readonly published: readonly string[];
}

async function add(instance: string, text: string): Promise<void> {
  const response = await fetch(`${instance}/users/ann/notes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  if (response.status !== 202) throw new Error(`${instance} answered ${response.status}`);
}

/**
 * A client listens at one instance, is away, and goes on at another one with the id of its last note, while notes are
 * added at both.
 */
export async function perform(say: (what: string) => void): Promise<Told> {
  const apps: INestApplication[] = [];
  try {
    for (const port of [0, 0]) apps.push(await startInstance(port, false));
    const [first = '', second = ''] = await Promise.all(apps.map((app) => app.getUrl()));
    say(`Two instances: ${first} and ${second}`);
    return await listenAtBoth(first, second, say);
  } finally {
    await Promise.all(apps.map((app) => app.close()));
  }
}

async function listenAtBoth(first: string, second: string, say: (what: string) => void): Promise<Told> {
  const published: string[] = [];
  const publish = async (instance: string, ...texts: string[]): Promise<void> => {
    for (const text of texts) {
      published.push(text);
      await add(instance, text);
    }
  };
  const before = await EventSource.open(`${first}/users/ann/notes?after=0`);
  await publish(second, 'one', 'two');
  const seen = [...(await before.count(2))];
  before.close();
  say(`At the first one: ${seen.map(({ text }) => text).join(', ')}. Then the client is away.`);

  await publish(first, 'three', 'four');
  const after = await EventSource.open(`${second}/users/ann/notes`, seen.at(-1)?.id);
  await publish(first, 'five');
  const rest = await after.count(3);
  after.close();
  say(`At the second one: ${rest.map(({ text }) => text).join(', ')}. Nothing was missed, and nothing came twice.`);
  return { got: [...seen, ...rest].map(({ text }) => text), published };
}
