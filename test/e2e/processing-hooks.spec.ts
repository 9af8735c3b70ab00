import { AsyncLocalStorage } from 'node:async_hooks';
import { Controller, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { OnChannel, OnQueue, OnStream, RedisFlowContext, RedisFlowStrategy, RedisPublisher } from 'nestjs-redis-flow';
import { EMPTY, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { hybridApp, pureApp } from '../support/app.js';
import { ORIGINS, type Origin, placed } from '../support/e2e/origins.js';
import { StreamProbe } from '../support/e2e/stream-probe.js';
import { Recorder } from '../support/recorder.js';
import { unique } from '../support/redis.js';

type Hook = Parameters<RedisFlowStrategy['setOnProcessingStartHook']>[0];
type TransportId = Parameters<Hook>[0];

const nameOf = (transportId: TransportId): string | undefined =>
  typeof transportId === 'symbol' ? transportId.description : String(transportId);

/** What an agent for traces does: it looks for transports, and sets their hooks. */
@Injectable()
class Agent implements OnModuleInit {
  readonly targets = new Recorder<unknown>();
  readonly started = new Recorder<string>();
  readonly ended = new Recorder<string>();
  readonly store = new AsyncLocalStorage<number>();

  constructor(@Inject(ModulesContainer) private readonly modules: ModulesContainer) {}

  onModuleInit(): void {
    this.modules.getRpcTargetRegistry<RedisFlowStrategy>().subscribe((target) => this.watch(target));
  }

  private watch(target: RedisFlowStrategy): void {
    this.targets.add(target);
    target.setOnProcessingStartHook((transportId, context, done) => {
      this.started.add(this.describe(transportId, context as unknown as RedisFlowContext));
      this.store.run(this.started.items.length, () => void done());
    });
    target.setOnProcessingEndHook((transportId, context) =>
      this.ended.add(this.describe(transportId, context as unknown as RedisFlowContext)),
    );
  }

  private describe(transportId: TransportId, context: RedisFlowContext): string {
    return `${nameOf(transportId) ?? ''} ${context.getPattern()} ${context.getMetadata()['x-request-id'] ?? ''}`;
  }
}

const OUTCOMES: [string, () => unknown][] = [
  ['success', () => 'done'],
  [
    'failure',
    () => {
      throw new Error('no');
    },
  ],
  ['EMPTY', () => EMPTY],
  ['timeout', () => NEVER],
];

async function observed(origin: Origin, probe: StreamProbe, handle: (agent: Agent) => unknown, start = hybridApp) {
  @Controller()
  class Orders {
    constructor(@Inject(Agent) private readonly agent: Agent) {}

    @OnStream(probe.stream, { timeout: 50, retry: false })
    handle(): unknown {
      return handle(this.agent);
    }
  }
  const app = await start(placed(origin, Orders, [Agent]));
  return { app, agent: app.get(Agent) };
}

describe.each(ORIGINS)("Nest's processing hooks around a %s", (origin) => {
  it('an agent that subscribes to the registry finds the strategy, in both shapes of application', async () => {
    for (const start of [hybridApp, pureApp] as (typeof hybridApp)[]) {
      const { app, agent } = await observed(origin, new StreamProbe(), () => undefined, start);
      expect(agent.targets.items).toEqual([app.get(RedisFlowStrategy)]);
      await app.close();
    }
  });

  it.each(OUTCOMES)('start and end hook run exactly once for %s, with pattern and headers', async (_, handle) => {
    const probe = new StreamProbe();
    const { app, agent } = await observed(origin, probe, handle);
    await app.get(RedisPublisher).append(probe.stream, {}, { headers: { 'x-request-id': 'r1' } });
    await probe.settled(1);
    expect(agent.started.items).toEqual([`redis-flow ${probe.stream} r1`]);
    expect(agent.ended.items).toEqual([`redis-flow ${probe.stream} r1`]);
  });

  it('what the start hook runs the handler in is there to the end, each message having its own', async () => {
    const probe = new StreamProbe();
    const seen = new Recorder<unknown>();
    const handle = async ({ store }: Agent) => {
      const before = store.getStore();
      await new Promise((resolve) => setImmediate(resolve));
      seen.add([before, store.getStore()]);
    };
    await observed(origin, probe, handle);
    await probe.append(1, 2, 3);
    expect(await seen.count(3)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('they run for channels and queues, too; the pattern of a channel is its template', async () => {
    const [queue, channel] = [unique('jobs'), unique('channel')];
    @Controller()
    class Orders {
      @OnQueue(queue)
      @OnChannel(`${channel}:{id}`)
      handle(): void {}
    }
    const app = await hybridApp(placed(origin, Orders, [Agent]));
    const agent = app.get(Agent);
    await app.get(RedisPublisher).enqueue(queue, {});
    await agent.ended.count(1);
    await app.get(RedisPublisher).publish(`${channel}:7`, {});
    expect(await agent.ended.count(2)).toEqual([`redis-flow ${queue} `, `redis-flow ${channel}:{id} `]);
    expect(agent.started.items).toEqual(agent.ended.items);
  });

  it('a start hook that throws fails the message instead of losing it', async () => {
    const probe = new StreamProbe();
    const { app } = await observed(origin, probe, () => undefined);
    app.get(RedisFlowStrategy).setOnProcessingStartHook(() => {
      throw new Error('no agent');
    });
    await probe.append({});
    expect(await probe.onlyDeadLetter()).toMatchObject({ reason: 'exhausted', errorMessage: 'no agent' });
  });
});
