export { RedisFlowHealthIndicator } from './health/redis-flow.health-indicator.js';
