import { Controller } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { OnChannel, OnQueue, OnStream, RedisFlowContext, TransactionNotAvailableError } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { pureApp } from '../../support/app.js';
import { Recorder } from '../../support/recorder.js';
import { plainRedis, unique } from '../../support/redis.js';

const WHERE = {
  'a reader': [(target: string) => OnStream(target, { reader: { from: '0' } }), 'xadd'],
  'a queue': [(target: string) => OnQueue(target), 'lpush'],
  'a channel': [(target: string) => OnChannel(target), 'publish'],
} as const;

describe('context.transaction', () => {
  it.each(Object.entries(WHERE))(
    'says by name that it is not available with %s',
    async (where, [decorate, command]) => {
      const target = unique('target');
      const errors = new Recorder<unknown>();
      @Controller()
      class Handler {
        @decorate(target)
        handle(@Ctx() context: RedisFlowContext): void {
          try {
            context.transaction.call('SET', target, 1);
          } catch (error) {
            errors.add(error);
          }
        }
      }
      await pureApp({ controllers: [Handler] });

      await plainRedis().call(command, target, ...(command === 'xadd' ? ['*', '$data', '1'] : ['1']));

      const [error] = await errors.count(1);
      expect(error).toBeInstanceOf(TransactionNotAvailableError);
      expect((error as Error).message).toBe(
        `context.transaction is not available with ${where}. ` +
          "Use a stream of single messages with ack: 'after', 'manual' or 'once'.",
      );
    },
  );
});
