import { Controller, type Type } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { Body } from '../message.js';

/** The same for all: it answers an order with its number. */
export function answeringController(key: string): Type {
  @Controller()
  class BenchRequestController {
    @MessagePattern(key)
    answer(@Payload() body: Body, @Ctx() _context: unknown): number {
      return body.n;
    }
  }
  return BenchRequestController;
}
