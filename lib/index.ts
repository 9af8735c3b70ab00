export { RedisFlowModule, getRedisFlowStrategyToken } from './redis-flow.module.js';
export type { RedisFlowModuleExtras } from './redis-flow-core.module.js';

export {
  Attempt,
  ChannelParam,
  InjectRedisFlows,
  InjectRedisPublisher,
  MessageHeaders,
  MessageId,
  OnChannel,
  OnQueue,
  OnStream,
  REDIS_FLOW_TRANSPORT,
  getRedisFlowsToken,
  getRedisPublisherToken,
} from './decorators/index.js';

export {
  RedisFlowClient,
  RedisFlowRecord,
  RedisFlowRecordBuilder,
  RedisFlowStrategy,
  connectRedisFlow,
} from './transport/index.js';
export type { ConnectRedisFlowOptions, RedisFlowStatus, RedisFlowStrategyEvents } from './transport/index.js';

export { RedisFlows } from './flows/index.js';
export type { NotificationsOptions } from './flows/index.js';

export { RedisPublisher } from './publisher/index.js';
export type {
  AppendOptions,
  DedupeOptions,
  EnqueueOptions,
  Notified,
  NotifyOptions,
  OutgoingEntry,
  OutgoingJob,
  OutgoingMessage,
  PublishOptions,
} from './publisher/index.js';

export { RedisFlowContext } from './delivery/index.js';
export type {
  Transaction,
  TransactionAppendOptions,
  TransactionEnqueueOptions,
  TransactionPublishOptions,
} from './delivery/transaction.interface.js';

export {
  AckAfter,
  AckBefore,
  AckManual,
  AckNone,
  AckOnce,
  BatchFailure,
  DEAD_LETTER_HEADERS,
  DeadLetter,
  Drop,
  Retry,
} from './policies/index.js';

export { RedisFlowEvents } from './events/index.js';
export type {
  ConnectionEvent,
  DeadLetterFailedEvent,
  DeadLetteredEvent,
  DroppedEvent,
  DuplicateEvent,
  GapEvent,
  GroupMissingEvent,
  LeaseLostEvent,
  LostEvent,
  OverflowEvent,
  RedisFlowEvent,
  RetriedEvent,
  TrimmedEvent,
  UnsettledEvent,
} from './events/index.js';

export { jsonCodec } from './message/index.js';
export type {
  AnyMessage,
  Codec,
  HeaderRecord,
  MechanismKind,
  Message,
  Source,
  StreamEntryFormat,
} from './message/index.js';

export type {
  AckOption,
  AckPolicy,
  AckPolicySource,
  AckTiming,
  AckWord,
  AtLeastOnceOptions,
  BackoffFunction,
  BackoffOptions,
  BatchOptions,
  ChannelOptions,
  ClusterConnectionOptions,
  ConnectionFactory,
  ConnectionOptions,
  ConnectionRole,
  DeadLetterReason,
  ErrorClass,
  HandledDelivery,
  HandlerDefaults,
  HandlerFailure,
  HandlerOptions,
  NestWirePatterns,
  OnceOptions,
  Outcome,
  PatternsOption,
  QueueOptions,
  ReaderOptions,
  RedisFlowClientOptions,
  RedisFlowOptions,
  RetryDecision,
  RetryOptions,
  RetryPolicy,
  RetryPolicySource,
  Settlement,
  StreamOptions,
  StreamRetention,
  StreamStart,
} from './options/index.js';

export {
  AlreadySettledError,
  ClientClosedError,
  ConnectionLostError,
  ConnectionNotReadyError,
  ConsumerNameTakenError,
  DedupeConflictError,
  DuplicateHandlerError,
  HandlerCrashedError,
  HandlerTimeoutError,
  IdempotencyKeyNotAvailableError,
  InvalidOptionError,
  LeaseLostError,
  MissingGroupError,
  NoConsumerError,
  OptionNotAvailableError,
  PublishFailedError,
  PublishOutcomeUnknownError,
  REDIS_FLOW_ERROR_CODES,
  RedisFlowError,
  RequestCancelledError,
  RequestTimeoutError,
  TransactionFailedError,
  TransactionNotAvailableError,
  UndecodableMessageError,
  UnencodableMessageError,
  UnknownConnectionError,
  UnsettledMessageError,
} from './errors/index.js';
export type { RedisFlowErrorCode } from './errors/index.js';
