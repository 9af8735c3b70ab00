import type { Redis } from 'ioredis';
import type { DemoEvent } from './events.js';
import type { Scene } from './scenes.js';

const ANSWER_WITHIN = 5_000;

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_WITHIN),
  });
  if (!response.ok) throw new Error(`POST ${url} was answered with ${response.status}: ${await response.text()}`);
}

const quote = (word: string): string => (/^[\w.:-]+$/.test(word) ? word : `'${word}'`);

/** For people: the request, or the command as for redis-cli, without the prefix. */
function describe(scene: Scene): string {
  if (scene.by === 'HTTP') return `POST ${scene.path} ${JSON.stringify(scene.body)}`;
  return [scene.command, scene.key, ...scene.args].map(quote).join(' ');
}

/** Sends one message the way its scene says. */
export async function send(
  scene: Scene,
  to: { readonly url: string; readonly redis: Redis; readonly prefix: string },
  report: (event: DemoEvent) => void,
): Promise<void> {
  const { mechanism, subject, by } = scene;
  // Told before it is done: the handler may be faster than the answer.
  report({ type: 'sent', mechanism, subject, detail: `${by}, ${describe(scene)}` });
  if (scene.by === 'HTTP') await post(to.url + scene.path, scene.body);
  else await to.redis.call(scene.command, to.prefix + scene.key, ...scene.args);
}
