import { Inject, Injectable } from '@nestjs/common';
import { ContextIdFactory, ExternalContextCreator, ModuleRef } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { type Observable, catchError, defer, isObservable, mergeMap, of } from 'rxjs';
import type { Invoke, RedisFlowContext } from '../delivery/index.js';

/** Nest's `RpcParamtype`, which it does not export. */
const PAYLOAD = 3;
const CONTEXT = 6;

/** What `@Payload()` and `@Ctx()` stand for, as `factories/rpc-params-factory.js` in @nestjs/microservices has it. */
const PARAMS_FACTORY = {
  exchangeKeyForValue(type: number, property: unknown, args: readonly unknown[]): unknown {
    if (type === CONTEXT) return args[1];
    if (type !== PAYLOAD) return null;
    return typeof property === 'string' ? (args[0] as Record<string, unknown> | null | undefined)?.[property] : args[0];
  },
};

type Method = (...args: unknown[]) => unknown;

/** What `@Inject(CONTEXT)` gives in a request-scoped class, as Nest's own listeners have it. */
class HandlerRequest {
  constructor(
    private readonly data: unknown,
    private readonly context: RedisFlowContext,
  ) {}

  getData(): unknown {
    return this.data;
  }

  getPattern(): string {
    return this.context.getPattern();
  }

  getContext(): RedisFlowContext {
    return this.context;
  }
}

/** Nest's `ExternalErrorProxy` (`helpers/external-proxy.js` in @nestjs/core): runs a method, and its filters on what it throws. */
interface ErrorProxy {
  createProxy(target: Method, handler: Filters, type?: string): Method;
}

/** Nest's `ExternalExceptionsHandler`: the filters of a method. */
interface Filters {
  next(error: unknown, host: unknown): unknown;
}

/** What Nest's `ExternalContextCreator` works with, and does not show. */
interface CreatorParts {
  readonly externalErrorProxy: ErrorProxy;
  readonly filtersContextCreator: { create(instance: object, callback: Method, module: string): Filters };
}

const toObservable = (value: unknown): Observable<unknown> => (isObservable(value) ? value : of(value));

/**
 * Treats results as Nest's listeners do (`context/rpc-proxy.js` in @nestjs/microservices): an observable stays one, so
 * that it can be unsubscribed from, and its error goes through the filters; a filter that returns nothing has not handled.
 */
function asListenersDo(proxy: ErrorProxy): ErrorProxy {
  return {
    createProxy(target, handler, type) {
      const next = (error: unknown, host: unknown): unknown => {
        const handled = handler.next(error, host);
        if (handled) return handled;
        throw error;
      };
      const filter = (error: unknown, args: unknown[]): unknown =>
        proxy.createProxy(() => Promise.reject(error as Error), { next }, type)(...args);
      return async (...args) => {
        try {
          const result = await target(...args);
          if (!isObservable(result)) return result;
          return result.pipe(
            catchError((error) => defer(async () => filter(error, args)).pipe(mergeMap(toObservable))),
          );
        } catch (error) {
          return filter(error, args);
        }
      };
    },
  };
}

/** Runs methods of providers through guards, pipes, interceptors and filters, as Nest does for controllers. */
@Injectable()
export class ProviderHandlers {
  private readonly creator: ExternalContextCreator;
  private readonly parts: CreatorParts;

  constructor(@Inject(ExternalContextCreator) creator: ExternalContextCreator) {
    const { externalErrorProxy: proxy, filtersContextCreator } = creator as unknown as CreatorParts;
    const externalErrorProxy = asListenersDo(proxy);
    this.parts = { externalErrorProxy, filtersContextCreator };
    const own = { externalErrorProxy, transformToResult: (result: unknown) => result };
    this.creator = Object.assign(Object.create(creator) as ExternalContextCreator, own);
  }

  /** A provider that lives as long as the application is bound once, any other for each message. */
  bind(wrapper: InstanceWrapper, method: string): Invoke {
    const livesOn = wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
    if (livesOn) return this.pipeline(wrapper.instance as object, method);
    const filter = this.filtersOf(wrapper, method);
    return async (data, context) => {
      let invoke: Invoke;
      try {
        invoke = await this.scoped(wrapper, method, data, context);
      } catch (error) {
        return filter(error, data, context);
      }
      return invoke(data, context);
    };
  }

  private async scoped(
    wrapper: InstanceWrapper,
    method: string,
    data: unknown,
    context: RedisFlowContext,
  ): Promise<Invoke> {
    const request = new HandlerRequest(data, context);
    const contextId = ContextIdFactory.getByRequest(request);
    const moduleRef = wrapper.host?.providers.get(ModuleRef)?.instance as ModuleRef;
    moduleRef.registerRequestByContextId(request, contextId);
    const instance: object = await moduleRef.resolve(wrapper.token, contextId, { strict: true });
    return this.pipeline(instance, method, contextId, wrapper.id);
  }

  /** For what cannot be made, as a controller's (`listeners-controller.js` in @nestjs/microservices). */
  private filtersOf(wrapper: InstanceWrapper, method: string) {
    const { externalErrorProxy, filtersContextCreator } = this.parts;
    let filters: Filters | undefined;
    return (error: unknown, ...args: [data: unknown, context: RedisFlowContext]): unknown => {
      // Nest keeps an object of its prototype in the place of what is made for each message.
      const instance = wrapper.instance as Record<string, Method>;
      filters ??= filtersContextCreator.create(instance, instance[method] as Method, wrapper.host?.token ?? '');
      return externalErrorProxy.createProxy(() => Promise.reject(error as Error), filters, 'rpc')(...args);
    };
  }

  private pipeline(
    instance: object,
    method: string,
    contextId?: ReturnType<typeof ContextIdFactory.create>,
    inquirerId?: string,
  ): Invoke {
    const callback = (instance as Record<string, Method>)[method] as Method;
    return this.creator.create(
      instance,
      callback,
      method,
      ROUTE_ARGS_METADATA,
      PARAMS_FACTORY,
      contextId,
      inquirerId,
      undefined,
      'rpc',
    );
  }
}
