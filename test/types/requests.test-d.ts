import type { ClientProxy } from '@nestjs/microservices';
import { ClientsModule } from '@nestjs/microservices';
import {
  type NestWirePatterns,
  type PatternsOption,
  RedisFlowClient,
  RedisFlowModule,
  type RedisFlowRecord,
  RedisFlowRecordBuilder,
  type RedisFlowStatus,
} from 'nestjs-redis-flow';
import type { Observable } from 'rxjs';
import { expectTypeOf, test } from 'vitest';

const connection = 'redis://127.0.0.1:6379';

test('a client is a ClientProxy, and fits where Nest takes one', () => {
  expectTypeOf<RedisFlowClient>().toExtend<ClientProxy>();
  expectTypeOf<RedisFlowClient['status']>().toEqualTypeOf<Observable<RedisFlowStatus>>();
  ClientsModule.register([{ name: 'MATH', customClass: RedisFlowClient, options: { connection, patterns: 'stream' } }]);
});

test('patterns take a word, or the wire form of Nest over channels', () => {
  expectTypeOf<PatternsOption>().toEqualTypeOf<'channel' | 'stream' | NestWirePatterns>();
  RedisFlowModule.forRoot({ connection, patterns: 'channel' });
  RedisFlowModule.forRoot({ connection, patterns: { over: 'channel', wire: 'nest' } });
  // @ts-expect-error -- a queue carries no patterns
  RedisFlowModule.forRoot({ connection, patterns: 'queue' });
  // @ts-expect-error -- Nest has no wire form for streams
  new RedisFlowClient({ connection, patterns: { over: 'stream', wire: 'nest' } });
  // @ts-expect-error -- a client has to say what carries its messages
  new RedisFlowClient({ connection });
});

test('a record takes headers that are text', () => {
  const record = new RedisFlowRecordBuilder(1).setHeaders({ tenant: 'acme' }).setTimeout(500).build();
  expectTypeOf(record).toEqualTypeOf<RedisFlowRecord<number>>();
  // @ts-expect-error -- a number is no text
  new RedisFlowRecordBuilder(1).setHeaders({ tenant: 1 });
});
