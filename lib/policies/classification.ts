import { HttpException } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import type { ErrorClass } from '../options/retry-options.interface.js';
import {
  IdempotencyKeyNotAvailableError,
  TransactionNotAvailableError,
  UndecodableMessageError,
} from '../errors/index.js';

const LONGEST_CHAIN = 8;

/** The error and its causes, outermost first. */
export function* causeChain(error: unknown): Generator {
  let current = error;
  for (let depth = 0; depth < LONGEST_CHAIN && current !== undefined && current !== null; depth += 1) {
    yield current;
    current = current instanceof Error ? current.cause : undefined;
  }
}

function isAny(error: unknown, classes: readonly ErrorClass[]): boolean {
  if (classes.length === 0) return false;
  for (const link of causeChain(error)) if (classes.some((errorClass) => link instanceof errorClass)) return true;
  return false;
}

const PROGRAMMER_ERRORS = [
  TypeError,
  ReferenceError,
  SyntaxError,
  RangeError,
  IdempotencyKeyNotAvailableError,
  TransactionNotAvailableError,
];

/** `fetch` wraps a network failure in a TypeError with a cause: that one is worth a retry. */
function isProgrammerError(error: unknown): boolean {
  return PROGRAMMER_ERRORS.some((errorClass) => error instanceof errorClass) && (error as Error).cause === undefined;
}

function isClientError(error: unknown): boolean {
  return error instanceof HttpException && error.getStatus() >= 400 && error.getStatus() < 500;
}

/** What Nest throws for a guard that says no (`context/rpc-context-creator.js`); on a provider it is a 403. */
function isForbidden(error: unknown): boolean {
  return error instanceof RpcException && error.getError() === 'Forbidden resource';
}

function isFatalByDefault(error: unknown): boolean {
  return (
    error instanceof UndecodableMessageError || isClientError(error) || isForbidden(error) || isProgrammerError(error)
  );
}

/**
 * Whether no retry can mend the error. The user's `fatal` is asked first, then `retryable`, then the defaults:
 * validation and other 4xx `HttpException`s, a guard's no, undecodable payloads, programmer's errors.
 */
export function isFatal(error: unknown, fatal: readonly ErrorClass[], retryable: readonly ErrorClass[]): boolean {
  if (isAny(error, fatal)) return true;
  return !isAny(error, retryable) && isFatalByDefault(error);
}
