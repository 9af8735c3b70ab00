import { ContextIdFactory, type ExternalContextCreator, ModuleRef } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { isObservable, lastValueFrom } from 'rxjs';
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

/** Runs methods of providers through guards, pipes, interceptors and filters, as Nest does for controllers. */
export class ProviderHandlers {
  private readonly creator: ExternalContextCreator;

  constructor(creator: ExternalContextCreator) {
    // An observable that completes without a value has completed, which Nest's own method takes for an error.
    const transformToResult = (result: unknown): unknown =>
      isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
    this.creator = Object.assign(Object.create(creator) as ExternalContextCreator, { transformToResult });
  }

  /** A provider that lives as long as the application is bound once, any other for each message. */
  bind(wrapper: InstanceWrapper, method: string): Invoke {
    const livesOn = wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
    if (!livesOn) return (data, context) => this.invokeScoped(wrapper, method, data, context);
    return this.pipeline(wrapper.instance as object, method);
  }

  private async invokeScoped(
    wrapper: InstanceWrapper,
    method: string,
    data: unknown,
    context: RedisFlowContext,
  ): Promise<unknown> {
    const request = new HandlerRequest(data, context);
    const contextId = ContextIdFactory.getByRequest(request);
    const moduleRef = wrapper.host?.providers.get(ModuleRef)?.instance as ModuleRef;
    moduleRef.registerRequestByContextId(request, contextId);
    const instance: object = await moduleRef.resolve(wrapper.token, contextId, { strict: true });
    return this.pipeline(instance, method, contextId, wrapper.id)(data, context);
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
