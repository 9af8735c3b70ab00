import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { RedisFlowRecordBuilder } from 'nestjs-redis-flow';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { numbers } from '../support/conformance/lab.js';
import { eventually } from '../support/eventually.js';
import { redisUrl, unique } from '../support/redis.js';
import { OwnServer } from '../support/own-server.js';
import { type Over, clientOf, serve } from '../support/requests/serve.js';
import { ServiceChild } from '../support/requests/service-child.js';

const REQUESTS = 1_000;
const TIMEOUT = 20_000;
const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

const startedBy = (instances: readonly ServiceChild[]): number[] => instances.flatMap(({ started }) => started);

/** Two instances of a service, and a caller. With a long lease nothing is taken over from an instance that is held up. */
async function twoInstances(work: number, lease = 30_000) {
  const pattern = unique('echo');
  const options = { url: redisUrl(), pattern, work, lease };
  const instances = await Promise.all([ServiceChild.start(options), ServiceChild.start(options)]);
  const client = clientOf({ patterns: 'stream' });
  const ask = (number: number, timeout = TIMEOUT): Promise<number> =>
    lastValueFrom(client.send<number>(pattern, new RedisFlowRecordBuilder(number).setTimeout(timeout).build()));
  return { instances, ask };
}

describe('1 000 requests over a stream, and two instances', () => {
  it('are answered, each handled exactly once, by both', async () => {
    const { instances, ask } = await twoInstances(5);
    let asked = 0;
    // Of all at once, one that is held up might get none.
    while (instances.some(({ started }) => started.length === 0)) expect(await ask(asked)).toBe((asked += 1) - 1);
    const rest = numbers(REQUESTS).map((number) => asked + number);
    expect(await Promise.all(rest.map((number) => ask(number)))).toEqual(rest);
    // What a process tells on one way may be overtaken by what it answers on another.
    await eventually(() => expect(startedBy(instances)).toHaveLength(asked + REQUESTS));
    expect(ascending(startedBy(instances))).toEqual(numbers(asked + REQUESTS));
  });

  it('are answered in time, or fail at their timeout, when one is killed in the middle', async () => {
    const { instances, ask } = await twoInstances(20, 1_000);
    const begin = Date.now();
    const asked = Promise.allSettled(numbers(REQUESTS).map((number) => ask(number)));
    const [victim] = instances;
    await victim.startedAtLeast(50);
    await victim.kill();
    const answers = await asked;
    // None hangs. The lease is a second, so the other one has taken over what the victim had, long before the timeout.
    expect(Date.now() - begin).toBeLessThan(TIMEOUT + 5_000);
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason))).toEqual(
      numbers(REQUESTS),
    );
  });

  it('fail at their timeout where nobody is left', async () => {
    const { instances, ask } = await twoInstances(600_000);
    const asked = Promise.allSettled(numbers(20).map((number) => ask(number, 5_000)));
    await eventually(() => expect(startedBy(instances)).toHaveLength(20));
    await Promise.all(instances.map((instance) => instance.kill()));
    const codes = (await asked).map((answer) => (answer as { reason?: { code?: string } }).reason?.code);
    expect(codes).toEqual(numbers(20).map(() => 'REQUEST_TIMEOUT'));
  });
});

describe.each<Over>(['channel', 'stream'])('a service and a client over a %s', (patterns) => {
  it('work on when Redis was away', async () => {
    const server = await OwnServer.start();
    const pattern = unique('echo');
    @Controller()
    class Echo {
      @MessagePattern(pattern)
      echo(data: number): number {
        return data;
      }
    }
    await serve(Echo, { patterns, connection: server.url });
    const client = clientOf({ patterns, connection: server.url });
    const ask = (data: number, timeout = 2_000) =>
      lastValueFrom(client.send<number>(pattern, new RedisFlowRecordBuilder(data).setTimeout(timeout).build()));
    expect(await ask(1, TIMEOUT)).toBe(1);
    await server.kill();
    await expect(ask(2)).rejects.toMatchObject({ code: expect.stringMatching(/^(CONNECTION|PUBLISH|REQUEST)_/) });
    await server.restart();
    await eventually(async () => expect(await ask(3)).toBe(3));
  });
});
