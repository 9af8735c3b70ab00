import { Body, Controller, Headers, HttpCode, type MessageEvent, Param, Post, Query, Sse } from '@nestjs/common';
import { type Notified, RedisFlows, RedisPublisher } from 'nestjs-redis-flow';
import { type Observable, map } from 'rxjs';
import { NoteDto } from './note.dto.js';

const channelOf = (user: string): string => `notes:${user}`;
const historyOf = (user: string): string => `notes:${user}:history`;

@Controller('users/:user/notes')
export class NotesController {
  constructor(
    private readonly publisher: RedisPublisher,
    private readonly flows: RedisFlows,
  ) {}

  /** Live for whoever is connected, to whichever instance; kept for who is not. */
  @Post()
  @HttpCode(202)
  add(@Param('user') user: string, @Body() { text }: NoteDto): Promise<Notified> {
    return this.publisher.notify(channelOf(user), text, { history: historyOf(user), maxLength: 1_000 });
  }

  /** A browser that comes back says itself which was the last one that it got. A page that goes elsewhere says it in the URL. */
  @Sse()
  listen(
    @Param('user') user: string,
    @Headers('last-event-id') last?: string,
    @Query('after') after?: string,
  ): Observable<MessageEvent> {
    const notes$ = this.flows.notifications$<string>(channelOf(user), {
      history: historyOf(user),
      after: last ?? after,
    });
    return notes$.pipe(map(({ id, data }) => ({ id, data: { text: data } })));
  }
}
