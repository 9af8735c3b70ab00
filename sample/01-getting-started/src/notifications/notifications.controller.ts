import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { ChannelParam, OnChannel, RedisPublisher } from 'nestjs-redis-flow';
import { NotificationDto } from './notification.dto.js';

@Controller()
export class NotificationsController {
  constructor(private readonly publisher: RedisPublisher) {}

  /** Answers how many subscribers got it: a channel keeps nothing for those who come later. */
  @Post('notify')
  @HttpCode(202)
  async notify(@Body() { userId, text }: NotificationDto): Promise<{ receivers: number }> {
    return { receivers: await this.publisher.publish(`notifications:user:${userId}`, text) };
  }

  /** The place for a WebSocket or server-sent events. */
  @OnChannel('notifications:user:{userId}')
  push(@Payload() text: string, @ChannelParam('userId') userId: string): string {
    return `user ${userId} was told "${text}"`;
  }
}
