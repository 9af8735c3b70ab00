import { RedisFlowError } from './redis-flow.error.js';

/** Renders an option's value for an error text, cut to a readable length. */
function show(value: unknown): string {
  // JSON has no NaN and no bigint.
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'function') return `[function ${value.name || 'anonymous'}]`;
  try {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 120 ? `${text.slice(0, 117)}...` : text;
  } catch {
    return String(value);
  }
}

/** An option is unknown, of the wrong type, out of range, or clashes with another one. Thrown at bootstrap. */
export class InvalidOptionError extends RedisFlowError {
  readonly code = 'INVALID_OPTION';

  constructor(
    /** Whose option it is: a handler such as `OrdersController.charge`, or `RedisFlowModule`. */
    readonly owner: string,
    /** The option's name, dotted where it is nested: `retry.attempts`. */
    readonly option: string,
    readonly value: unknown,
    /** What would have been allowed. */
    readonly allowed: string,
    options?: ErrorOptions,
  ) {
    super(`${owner}: option "${option}" is ${show(value)}, but must be ${allowed}.`, options);
  }
}

/** An option of the design that this version does not implement yet. It is refused, never ignored. */
export class OptionNotAvailableError extends RedisFlowError {
  readonly code = 'OPTION_NOT_AVAILABLE';

  constructor(
    readonly owner: string,
    readonly option: string,
    readonly value: unknown,
    /** What can be used in this version instead. */
    readonly allowed: string,
  ) {
    super(
      `${owner}: option "${option}" with ${show(value)} is not available yet in this version; allowed for now: ${allowed}.`,
    );
  }
}

/** A stream handler has no consumer group: neither of its own, nor in the defaults, nor in the module's options. */
export class MissingGroupError extends RedisFlowError {
  readonly code = 'MISSING_GROUP';

  constructor(
    readonly owner: string,
    readonly stream: string,
  ) {
    super(
      `${owner}: option "group" is undefined for the stream "${stream}", but must be a non-empty string. ` +
        `Set it on @OnStream('${stream}', { group: '…' }) or once for all in RedisFlowModule.forRoot({ group: '…' }).`,
    );
  }
}

/** The same method is registered twice for the same mechanism, target and group. */
export class DuplicateHandlerError extends RedisFlowError {
  readonly code = 'DUPLICATE_HANDLER';

  constructor(
    readonly owner: string,
    readonly target: string,
  ) {
    super(
      `${owner}: it handles ${target} twice. Each method may stand once for the same mechanism, target and group: ` +
        `remove the second decorator, or register its class in one module only.`,
    );
  }
}

/** A handler names a connection that no module provides. */
export class UnknownConnectionError extends RedisFlowError {
  readonly code = 'UNKNOWN_CONNECTION';

  constructor(
    readonly owner: string,
    readonly connection: string,
    readonly known: readonly string[],
    /** The option that names it. */
    readonly option = 'connection',
  ) {
    super(
      `${owner}: option "${option}" is "${connection}", but must be one of ${known.map((name) => `"${name}"`).join(', ')}. ` +
        `Add RedisFlowModule.forRoot({ name: '${connection}', … }) or correct the name.`,
    );
  }
}

/** Another living process reads with the same consumer name. Both would take each other's messages for their own. */
export class ConsumerNameTakenError extends RedisFlowError {
  readonly code = 'CONSUMER_NAME_TAKEN';

  constructor(
    readonly consumer: string,
    /** What it reads from: `stream "orders" in group "payments"`. */
    readonly where: string,
  ) {
    super(
      `The consumer name "${consumer}" is taken by another living process at ${where}. Leave option "consumer" out, ` +
        `then each process gets a name of its own; or give each process another one, such as its pod's name.`,
    );
  }
}
