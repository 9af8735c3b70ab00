/** Where Redis is, from the environment. Read when the application is created, not when this file is loaded. */
export function redisSettings(): { connection: string; keyPrefix: string } {
  const { REDIS_URL, REDIS_KEY_PREFIX = '' } = process.env;
  return { connection: REDIS_URL || 'redis://127.0.0.1:6379', keyPrefix: REDIS_KEY_PREFIX };
}
