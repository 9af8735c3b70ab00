import type { Redis } from 'ioredis';
import { DEAD_LETTER_HEADERS, type MechanismKind } from 'nestjs-redis-flow';
import type { DemoEvent } from './events.js';
import { subjectOf } from './scenes.js';

type Facts = Readonly<Record<string, string | undefined>>;

/** The payload as data; what is not JSON as the text that it is. */
function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}

function toEvent(mechanism: MechanismKind, data: unknown, facts: Facts): DemoEvent {
  const reason = facts[DEAD_LETTER_HEADERS.reason] ?? 'without a reason';
  const why = facts[DEAD_LETTER_HEADERS.detail] ?? facts[DEAD_LETTER_HEADERS.errorMessage] ?? '';
  const detail = `${reason}${why && `, ${why}`}`;
  return { type: 'dead letter', mechanism, subject: subjectOf(mechanism, data), reason, detail };
}

/** An entry's fields: `$data` and `$headers`, or the fields of a foreign entry as they came. */
function readEntry([, fields]: [id: string, fields: string[]]): DemoEvent {
  const record = Object.fromEntries(fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1] ?? '']] : [])));
  const { $data, $headers = '{}', ...flat } = record;
  return toEvent('stream', $data === undefined ? flat : parse($data), JSON.parse($headers) as Facts);
}

/** A job: one line that ends with the length of its headers, the headers, the payload. */
function readJob(job: string): DemoEvent {
  const bytes = Buffer.from(job);
  const start = bytes.indexOf('\n') + 1;
  const length = Number(bytes.toString('utf8', 0, start).trim().split(' ').at(-1));
  const payload = start + length;
  const headers = JSON.parse(bytes.toString('utf8', start, payload)) as Facts;
  return toEvent('queue', parse(bytes.toString('utf8', payload)), headers);
}

/** Looks into the dead letters as they lie in Redis. */
export class DeadLetterWatch {
  private readonly seen = new Set<string>();

  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly report: (event: DemoEvent) => void,
  ) {}

  /** Reports those that were not there before. */
  async look(): Promise<void> {
    for (const entry of await this.redis.xrange(`${this.prefix}orders:dlq`, '-', '+'))
      this.once(`stream ${entry[0]}`, () => readEntry(entry));
    const jobs = await this.redis.lrange(`${this.prefix}jobs:email:dlq`, 0, -1);
    // The newest lies in front.
    for (const job of jobs.reverse()) this.once(`queue ${job}`, () => readJob(job));
  }

  private once(key: string, read: () => DemoEvent): void {
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.report(read());
  }
}
