import type { ModuleRef } from '@nestjs/core';
import { InvalidClassScopeException, UnknownElementException } from '@nestjs/core/errors/exceptions/index.js';
import { InvalidOptionError, errorText } from '../errors/index.js';

type Class<T> = new (...args: never[]) => T;

/** Makes the policies that handlers name by their class. */
export class PolicyMaker {
  constructor(private readonly moduleRef: ModuleRef) {}

  /**
   * The application's own instance where one of its modules provides the class, else a new one.
   *
   * @throws InvalidOptionError.
   */
  make<T>(owner: string, option: 'ack' | 'retry', type: Class<T>): T {
    try {
      return this.moduleRef.get<T>(type, { strict: false });
    } catch (cause) {
      if (cause instanceof UnknownElementException) return this.construct(owner, option, type);
      if (!(cause instanceof InvalidClassScopeException)) throw cause;
      const allowed = 'a policy that lives as long as the application: its provider is request-scoped or transient';
      throw new InvalidOptionError(owner, option, type, allowed, { cause });
    }
  }

  private construct<T>(owner: string, option: string, type: Class<T>): T {
    if (type.length > 0) {
      const allowed = 'among the providers of a module, as its constructor has parameters';
      throw new InvalidOptionError(owner, option, type, allowed);
    }
    try {
      return new (type as new () => T)();
    } catch (cause) {
      throw new InvalidOptionError(owner, option, type, `a class that can be made: ${errorText(cause)}`, { cause });
    }
  }
}
