export { RedisFlowModule, getRedisFlowStrategyToken } from './redis-flow.module.js';
export type { RedisFlowModuleExtras } from './redis-flow-core.module.js';

export {
  Attempt,
  ChannelParam,
  InjectRedisPublisher,
  MessageHeaders,
  MessageId,
  OnChannel,
  OnQueue,
  OnStream,
  REDIS_FLOW_TRANSPORT,
  getRedisPublisherToken,
} from './decorators/index.js';

export { RedisFlowStrategy, connectRedisFlow } from './transport/index.js';
export type { ConnectRedisFlowOptions, RedisFlowStatus, RedisFlowStrategyEvents } from './transport/index.js';

export { RedisPublisher } from './publisher/index.js';
export type {
  AppendOptions,
  EnqueueOptions,
  OutgoingEntry,
  OutgoingMessage,
  PublishOptions,
} from './publisher/index.js';

export { RedisFlowContext } from './delivery/index.js';
export { DEAD_LETTER_HEADERS, DeadLetter, Drop, Retry } from './policies/index.js';
export type { DeadLetterReason } from './policies/index.js';

export { jsonCodec } from './message/index.js';
export type { Codec, HeaderRecord, MechanismKind, Message, Source, StreamEntryFormat } from './message/index.js';

export type {
  AtLeastOnceOptions,
  BackoffFunction,
  BackoffOptions,
  ChannelOptions,
  ClusterConnectionOptions,
  ConnectionFactory,
  ConnectionOptions,
  ConnectionRole,
  ErrorClass,
  HandlerDefaults,
  HandlerOptions,
  QueueOptions,
  RedisFlowOptions,
  RetryOptions,
  StreamOptions,
} from './options/index.js';

export {
  AlreadySettledError,
  ConnectionLostError,
  ConnectionNotReadyError,
  DuplicateHandlerError,
  HandlerTimeoutError,
  InvalidOptionError,
  MissingGroupError,
  OptionNotAvailableError,
  PublishFailedError,
  PublishOutcomeUnknownError,
  REDIS_FLOW_ERROR_CODES,
  RedisFlowError,
  UndecodableMessageError,
  UnencodableMessageError,
  UnknownConnectionError,
} from './errors/index.js';
export type { RedisFlowErrorCode } from './errors/index.js';
