import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { InvalidOptionError, OnStream } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { refused } from './refused.js';

const text = (owner: string): string =>
  `${owner}: option "pattern" is "order.created", but must be left out: ` +
  '@EventPattern and @MessagePattern cannot share a method with @OnStream, @OnQueue or @OnChannel.';

@Controller()
class EventAbove {
  @EventPattern('order.created')
  @OnStream('orders')
  handle(order: unknown): unknown {
    return order;
  }
}

@Controller()
class EventBelow {
  @OnStream('orders')
  @EventPattern('order.created')
  handle(order: unknown): unknown {
    return order;
  }
}

@Controller()
class MessageAbove {
  @MessagePattern('order.created')
  @OnStream('orders')
  handle(order: unknown): unknown {
    return order;
  }
}

@Controller()
class Apart {
  @EventPattern('order.created')
  event(order: unknown): unknown {
    return order;
  }

  @MessagePattern('order.get')
  message(): void {}
}

describe("Nest's own pattern on a handler's method", () => {
  it.each([EventAbove, EventBelow, MessageAbove])('is refused, wherever it stands: %o', async (type) => {
    const refusal = await refused({ controllers: [type] });
    expect(refusal?.error).toBeInstanceOf(InvalidOptionError);
    expect(refusal?.error.message).toBe(text(`${type.name}.handle`));
    expect(refusal?.step).toBe('connectRedisFlow');
  });

  it('is left to other transports on methods of its own', async () => {
    expect(await refused({ controllers: [Apart] })).toBeUndefined();
  });
});
