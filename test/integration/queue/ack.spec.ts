import { createHash } from 'node:crypto';
import {
  type AckPolicy,
  type HandlerFailure,
  type Outcome,
  type RetryPolicy,
  type Settlement,
} from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../support/conformance/lab.js';
import { eventually } from '../../support/eventually.js';
import { QueueLab, ours } from '../../support/queue/queue-lab.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const fail = (): never => {
  throw new Error('no');
};

describe("a queue with ack 'after'", () => {
  it('shows what is taken and what is started, and lets go of a job when its handler has completed', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    const worker = await lab.worker({ handle: () => gate.pass() });
    await lab.push('a');
    await worker.started.count(1);

    // It is on its way there when the handler starts.
    await eventually(async () => expect(await lab.held('processing')).toMatchObject([{ payload: Buffer.from('"a"') }]));
    expect(await lab.held('taken')).toEqual([]);
    gate.open();
    await lab.settled();
  });
});

describe("a queue with ack 'before'", () => {
  it('lets go of a job before its handler starts', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    const worker = await lab.worker({ options: { ack: 'before' }, handle: () => gate.pass() });
    await lab.push('a', 'b');
    await worker.started.count(1);

    expect(await lab.held('processing')).toEqual([]);
    expect(await lab.held('taken')).toEqual([]);
    gate.open();
    await worker.finished.count(2);
    expect(worker.data).toEqual(['a', 'b']);
    await lab.settled();
  });

  it('keeps what fails in the dead letters, with its attempt in the headers', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({ options: { ack: 'before' }, handle: fail });
    await lab.push('a');

    await worker.event('deadLettered');
    await lab.settled();
    const [letter] = await lab.deadLetters();
    expect(letter).toMatchObject({ payload: Buffer.from('"a"'), attempts: '0' });
    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'exhausted', 'dlq-attempts': '1' });
  });
});

describe("a queue with ack 'before' that loses the reply to the write of a dead letter", () => {
  it('has written it once', async () => {
    const lab = new QueueLab();
    const proxy = await TcpProxy.open(lab.url);
    await lab.worker({ options: { ack: 'before' }, handle: fail, flow: { connection: proxy.url } });
    const payloads = async (): Promise<string[]> => (await lab.deadLetters()).map(({ payload }) => String(payload));
    // Redis knows the script then: its first call would only tell that it does not.
    await lab.push('warm-up');
    await eventually(async () => expect(await payloads()).toHaveLength(1));

    const lost = proxy.loseReplyTo(/evalsha?[^]*:dlq/i);
    await lab.push('x');
    await lost;
    await lab.push('y');

    // There is one place: the next one comes when this one has its end.
    await eventually(async () => expect(await payloads()).toContain('"y"'));
    expect(await payloads()).toEqual(['"warm-up"', '"x"', '"y"']);
  });
});

describe("a queue with ack 'none'", () => {
  it('keeps nothing of what it has handed out, and drops what fails', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    const worker = await lab.worker({
      options: { ack: 'none', concurrency: 3 },
      handle: async () => {
        await gate.pass();
        fail();
      },
    });
    await lab.push('a', 'b', 'c', 'd');
    await worker.started.count(3);

    expect(await lab.held('taken')).toEqual([]);
    expect(await lab.held('processing')).toEqual([]);
    expect(await lab.waiting()).toHaveLength(1);
    gate.open();
    await worker.event('dropped', 4);
    expect(worker.data).toEqual(['a', 'b', 'c', 'd']);
    await lab.settled();
    expect(await lab.deadLetters()).toEqual([]);
  });
});

describe("a queue with ack 'manual'", () => {
  it('settles a job when the handler says so, also after it has returned', async () => {
    const lab = new QueueLab();
    const later: (() => void)[] = [];
    const worker = await lab.worker({
      options: { ack: 'manual', concurrency: 2 },
      handle: (context) => void later.push(() => context.ack()),
    });
    await lab.push('a');
    await worker.finished.count(1);

    expect(await lab.held('processing')).toHaveLength(1);
    later.at(0)?.();
    await lab.settled();
  });

  it('hands a job back with no attempt charged', async () => {
    const lab = new QueueLab();
    let releases = 0;
    const worker = await lab.worker({
      options: { ack: 'manual' },
      handle: (context) => {
        releases += 1;
        if (releases <= 2) context.release();
        else context.ack();
      },
    });
    await lab.push('a');

    await worker.finished.count(3);
    await lab.settled();
    expect(worker.attempts).toEqual([1, 1, 1]);
  });
});

describe('a queue with an ack policy of the user', () => {
  class Patient implements AckPolicy {
    readonly timing = 'after';
    decide(outcome: Outcome, { attempt }: { readonly attempt: number }): Settlement | undefined {
      return outcome.type === 'failed' && attempt < 3 ? { type: 'retry', delay: 1 } : undefined;
    }
  }

  it('asks it, and the retry policy where it leaves the decision', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({ options: { ack: Patient, retry: false }, providers: [Patient], handle: fail });
    await lab.push('a');

    await worker.event('deadLettered');
    expect(worker.attempts).toEqual([1, 2, 3]);
    await lab.settled();
  });
});

describe("a queue with ack 'once'", () => {
  const key = (message: { readonly data: unknown }): string => String((message.data as { key: unknown }).key);
  const options = { ack: { once: { window: 60_000, key } }, concurrency: 4 } as const;

  it('handles a job once whose double comes later, and says that there was one', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({ options });
    await lab.push({ key: 1 });
    await lab.settled();
    await lab.push({ key: 1 }, { key: 2 });

    const [duplicate] = await worker.event('duplicate');
    expect(duplicate).toMatchObject({ idempotencyKey: '1' });
    await worker.finished.count(2);
    await lab.settled();
    expect(worker.data).toEqual([{ key: 1 }, { key: 2 }]);
  });

  it("marks its key with the job's id and the SHA-256 of its payload, as a stream does", async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({ options });
    await lab.push({ key: 1 });
    const [run] = await worker.finished.count(1);
    await lab.settled();

    const digest = createHash('sha256').update('{"key":1}').digest('base64url');
    expect(await lab.redis.get(`${lab.queue}:once:1`)).toBe(`${run?.id ?? ''} ${digest}`);
  });

  it('knows a job of ours by its id, also where a producer has sent it twice', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({ options: { ack: 'once' } });
    const item = ours('"x"', { id: 'job-1' });
    await lab.redis.lpush(lab.queue, item, item);

    expect(await worker.event('duplicate')).toMatchObject([{ id: 'job-1', idempotencyKey: 'job-1' }]);
    await lab.settled();
    expect(worker.data).toEqual(['x']);
  });

  it('gives up as a conflict what comes with the same key and another payload', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({ options });
    await lab.push({ key: 1, amount: 5 });
    await lab.settled();
    await lab.push({ key: 1, amount: 6 });

    await worker.event('deadLettered');
    await lab.settled();
    const [letter] = await lab.deadLetters();
    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'conflict' });
    expect(worker.data).toHaveLength(1);
  });

  it('lets a double wait while the first is in progress, and charges it nothing', async () => {
    const lab = new QueueLab();
    const gate = new Gate();
    const worker = await lab.worker({ options, handle: () => gate.pass() });
    await lab.push({ key: 1 }, { key: 1 });
    await worker.started.count(1);
    const other = await lab.worker({ options });

    // Now and then it comes back from there, and has to wait again.
    const waiting = { attempts: '0', payload: Buffer.from('{"key":1}') };
    await eventually(async () => expect(await lab.delayed()).toMatchObject([waiting]));
    gate.open();
    const duplicates = await Promise.race([worker.event('duplicate'), other.event('duplicate')]);
    expect(duplicates).toHaveLength(1);
    await lab.settled();
    expect([...worker.data, ...other.data]).toEqual([{ key: 1 }]);
  });

  it('frees the key of a job that is retried, dropped or given up', async () => {
    const lab = new QueueLab();
    const worker = await lab.worker({
      options: { ...options, retry: { attempts: 2, backoff: { type: 'fixed', delay: 1 } } },
      handle: ({ message, attempt }) => {
        if (attempt < 2 || (message.data as { key: string }).key === 'bad') fail();
      },
    });
    await lab.push({ key: 'good' }, { key: 'bad' });

    await worker.event('deadLettered');
    await lab.settled();
    expect(await lab.redis.exists(`${lab.queue}:progress`)).toBe(0);
    expect(await lab.redis.exists(`${lab.queue}:once:good`, `${lab.queue}:once:bad`)).toBe(1);
  });

  it('has no transaction: a queue cannot apply one together with the end of its job', async () => {
    const lab = new QueueLab();
    const seen: unknown[] = [];
    const worker = await lab.worker({
      options: { ...options, retry: false },
      handle: (context) => {
        try {
          context.transaction.call('SET', 'x', 1);
        } catch (error) {
          seen.push((error as { code: string }).code);
        }
      },
    });
    await lab.push({ key: 1 });
    await worker.finished.count(1);
    expect(seen).toEqual(['TRANSACTION_NOT_AVAILABLE']);
  });
});

describe('a RetryPolicy of the user', () => {
  it('is asked once about a crash, and what it gives up is not started again', async () => {
    const lab = new QueueLab();
    const asked: HandlerFailure[] = [];
    const retry: RetryPolicy = { decide: (failure) => ({ deadLetter: `asked ${asked.push(failure)} times` }) };
    await lab.redis.lpush(lab.queue, ours('"x"', { id: 'job-1', attempts: '1!' }));

    const worker = await lab.worker({ options: { retry } });
    await worker.event('deadLettered');
    await lab.settled();

    expect(asked).toMatchObject([
      { attempt: 1, error: { code: 'HANDLER_CRASHED' }, message: { id: 'job-1', data: 'x' } },
    ]);
    const [letter] = await lab.deadLetters();
    expect(letter?.headers).toMatchObject({ 'dlq-reason': 'crashed', 'dlq-detail': 'asked 1 times' });
    expect(worker.data).toEqual([]);
  });
});
