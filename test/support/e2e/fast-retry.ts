import type { RedisFlowOptions } from 'nestjs-redis-flow';

/** Module options with which a failed message is tried again at once, and given up after two attempts. */
export const FAST_RETRY: Partial<RedisFlowOptions> = {
  defaults: {
    stream: { retry: { attempts: 2, backoff: { type: 'fixed', delay: 0 } } },
    queue: { retry: { attempts: 2, backoff: { type: 'fixed', delay: 0 } } },
  },
};
