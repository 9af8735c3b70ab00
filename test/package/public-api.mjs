/**
 * The names that each entry point exports at run time. Types are not among them: see fixtures/consumer.ts.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const publicApi = {
  'nestjs-redis-flow': [],
  'nestjs-redis-flow/terminus': ['RedisFlowHealthIndicator'],
};
