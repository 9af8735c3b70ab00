import { type ExecutionContext, type PipeTransform, type Type, createParamDecorator } from '@nestjs/common';
import type { RedisFlowContext } from '../delivery/index.js';

const contextOf = (host: ExecutionContext): RedisFlowContext => host.switchToRpc().getContext<RedisFlowContext>();

/** The message's id: the entry's, the job's, the notification's, or one made on arrival for another message of a channel. */
export const MessageId: () => ParameterDecorator = createParamDecorator(
  (_: unknown, host: ExecutionContext) => contextOf(host).message.id,
);

/**
 * The message's headers, or the one with this name (undefined where it is missing).
 *
 * @example
 * ```ts
 * charge(@Payload() order: Order, @MessageHeaders('tenant') tenant?: string) { … }
 * ```
 */
export const MessageHeaders: (name?: string) => ParameterDecorator = createParamDecorator(
  (name: string | undefined, host: ExecutionContext) => {
    const { headers } = contextOf(host).message;
    if (name === undefined) return headers;
    return Object.hasOwn(headers, name) ? headers[name] : undefined;
  },
);

/** How many times the handler was started for this message, this time included: 1 is the first. */
export const Attempt: () => ParameterDecorator = createParamDecorator(
  (_: unknown, host: ExecutionContext) => contextOf(host).attempt,
);

/**
 * The value of a path parameter of the channel, a text unless a pipe makes something else of it; undefined where the
 * channel has no such parameter.
 *
 * @example
 * ```ts
 * @OnChannel('orders.{region}.{id}')
 * show(@ChannelParam('region') region: string, @ChannelParam('id', ParseIntPipe) id: number) { … }
 * ```
 */
export const ChannelParam: (name: string, ...pipes: (Type<PipeTransform> | PipeTransform)[]) => ParameterDecorator =
  createParamDecorator((name: string, host: ExecutionContext) => contextOf(host).source.params?.[name]);
