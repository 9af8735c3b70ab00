import { once } from 'node:events';
import { RedisPublisher } from 'nestjs-redis-flow';
import { startInstance } from '../start-instance.js';

/** Runs two instances and adds a note every second, until the process is told to end. */
export async function serve(say: (what: string) => void): Promise<void> {
  const apps = [await startInstance(0, ['error', 'warn']), await startInstance(0, ['error', 'warn'])];
  const urls = await Promise.all(apps.map((app) => app.getUrl()));
  say(`Open ${urls[0]}/?instances=${urls.join(',')} and end this with Ctrl-C.`);
  const publisher = apps[0]?.get(RedisPublisher);
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    void publisher?.notify('notes:ann', `note ${count}`, { history: 'notes:ann:history' }).catch(() => undefined);
  }, 1_000);
  await once(process, 'SIGINT');
  clearInterval(timer);
  await Promise.all(apps.map((app) => app.close()));
}
