import { DEAD_LETTER_HEADERS } from 'nestjs-redis-flow';
import { eventually } from '../eventually.js';
import { plainRedis, unique } from '../redis.js';

/** A dead letter as another client reads it. */
export interface ReadDeadLetter {
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly reason: string | undefined;
  readonly errorClass: string | undefined;
  readonly errorMessage: string | undefined;
  readonly attempts: number;
}

function toDeadLetter(fields: readonly string[]): ReadDeadLetter {
  const byName = Object.fromEntries(
    fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1] as string]] : [])),
  );
  const headers = JSON.parse(byName['$headers'] ?? '{}') as Record<string, string>;
  return {
    data: JSON.parse(byName['$data'] ?? 'null') as unknown,
    headers,
    reason: headers[DEAD_LETTER_HEADERS.reason],
    errorClass: headers[DEAD_LETTER_HEADERS.errorClass],
    errorMessage: headers[DEAD_LETTER_HEADERS.errorMessage],
    attempts: Number(headers[DEAD_LETTER_HEADERS.attempts]),
  };
}

/** Looks at a stream from outside: what was read, what is pending, what was given up. */
export class StreamProbe {
  readonly stream = unique('orders');
  private readonly redis = plainRedis();

  constructor(readonly group = 'test') {}

  /** Appends as any client would. */
  async append(...data: unknown[]): Promise<void> {
    for (const each of data) await this.redis.xadd(this.stream, '*', '$data', JSON.stringify(each));
  }

  async pending(group = this.group): Promise<number> {
    const [count] = await this.redis.xpending(this.stream, group);
    return Number(count);
  }

  /** How many entries the group was handed. */
  async read(group = this.group): Promise<number> {
    const groups = (await this.redis.xinfo('GROUPS', this.stream).catch(() => [])) as unknown[][];
    const row = groups.find((each) => each[each.indexOf('name') + 1] === group) ?? [];
    return Number(row[row.indexOf('entries-read') + 1] ?? 0);
  }

  /** Resolves when the group was handed this many entries and none of them is pending. */
  async settled(count: number, group = this.group): Promise<void> {
    await eventually(async () => {
      const state = { read: await this.read(group), pending: await this.pending(group) };
      if (state.read !== count || state.pending !== 0) throw new Error(`not settled: ${JSON.stringify(state)}`);
    });
  }

  /** The dead letters, which may be none. */
  async deadLetters(): Promise<ReadDeadLetter[]> {
    const entries = await this.redis.xrange(`${this.stream}:dlq`, '-', '+');
    return entries.map(([, fields]) => toDeadLetter(fields));
  }

  /** The dead letter of the only message, once that message is settled. */
  async onlyDeadLetter(): Promise<ReadDeadLetter> {
    await this.settled(1);
    const [letter, ...more] = await this.deadLetters();
    if (letter === undefined || more.length > 0) throw new Error(`expected one dead letter, found ${more.length}`);
    return letter;
  }
}
