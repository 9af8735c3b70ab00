import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { RedisConnection, inTime } from '../connection/index.js';
import { DEFAULT_CONNECTION } from '../decorators/index.js';
import { countJobs } from '../mechanisms/index.js';
import { ConsumerRunner, findInstances } from '../transport/index.js';
import { reportConsumers } from './consumers-report.js';

/** How long Redis may take to answer, in ms. */
const ANSWER_WITHIN = 1_000;

const late = (): Error => new Error(`no answer within ${ANSWER_WITHIN} ms`);

/**
 * Health checks for Terminus 12. They report `down` and never throw, as a throwing check is answered with 500.
 *
 * @example
 * ```ts
 * @Controller('health')
 * export class HealthController {
 *   constructor(private readonly health: HealthCheckService, private readonly redis: RedisFlowHealthIndicator) {}
 *
 *   @Get()
 *   @HealthCheck()
 *   check() {
 *     return this.health.check([() => this.redis.connection('redis'), () => this.redis.consumers('consumers')]);
 *   }
 * }
 * ```
 * @see https://docs.nestjs.com/recipes/terminus
 */
@Injectable()
export class RedisFlowHealthIndicator {
  constructor(
    @Inject(HealthIndicatorService) private readonly health: HealthIndicatorService,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
  ) {}

  /**
   * Whether Redis answers a PING within a second.
   *
   * @param key the name in the report.
   * @param name the connection's name. @default 'default'
   */
  async connection(key: string, name: string = DEFAULT_CONNECTION): Promise<HealthIndicatorResult> {
    const check = this.health.check(key);
    const connection = this.connectionNamed(name);
    if (connection === undefined) return check.down(`there is no connection "${name}"`);
    try {
      const startedAt = Date.now();
      await connection.ping(ANSWER_WITHIN);
      return check.up({ latency: Date.now() - startedAt });
    } catch (error) {
      return check.down((error as Error).message);
    }
  }

  /**
   * Whether every reading loop of this process is alive: it reads, or it works on as much as it may. `degraded` where one
   * is alive and cannot do all of its work, such as write its dead letters.
   *
   * @param key the name in the report.
   * @param name one connection only. @default every connection
   */
  consumers(key: string, name?: string): HealthIndicatorResult {
    const check = this.health.check(key);
    const runners = findInstances(this.modules, ConsumerRunner).filter(
      ({ options }) => name === undefined || options.name === name,
    );
    if (name !== undefined && runners.length === 0) return check.down(`there is no connection "${name}"`);
    const { status, details } = reportConsumers(runners.flatMap((runner) => runner.statuses()));
    if (status === 'down') return check.down(details);
    return status === 'degraded' ? check.degraded(details) : check.up(details);
  }

  /**
   * How many jobs each queue of this process has, each counted at one moment, all in one round trip: `depth` waiting, `taken` by a
   * consumer and not started, `processing`, `delayed`, and `dead`, in the dead letters. `up` however many there are; `down`
   * where Redis does not tell within a second.
   *
   * @param key the name in the report.
   * @param name the connection's name. @default 'default'
   */
  async queues(key: string, name: string = DEFAULT_CONNECTION): Promise<HealthIndicatorResult> {
    const check = this.health.check(key);
    const connection = this.connectionNamed(name);
    if (connection === undefined) return check.down(`there is no connection "${name}"`);
    const runner = findInstances(this.modules, ConsumerRunner).find(({ options }) => options.name === name);
    const counts = (runner?.queues() ?? []).map(async (queue) => [queue, await countJobs(connection, queue)] as const);
    try {
      return check.up(Object.fromEntries(await inTime(Promise.all(counts), ANSWER_WITHIN, late)));
    } catch (error) {
      const { isUp, reason } = connection.state;
      return check.down(isUp ? (error as Error).message : reason);
    }
  }

  private connectionNamed(name: string): RedisConnection | undefined {
    return findInstances(this.modules, RedisConnection).find((each) => each.name === name);
  }
}
