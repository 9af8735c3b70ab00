import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { PublishFailedError } from 'nestjs-redis-flow';
import { lastValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { OwnServer } from '../../support/own-server.js';
import { plainRedis } from '../../support/redis.js';
import { type Over, clientOf, serve } from '../../support/requests/serve.js';

@Controller()
class Sums {
  @MessagePattern('sum')
  sum(numbers: number[]): number {
    return numbers.reduce((sum, number) => sum + number, 0);
  }
}

it.each<Over>(['stream', 'channel'])(
  'a request whose answers Redis does not let the client hear fails at once, and works when it does: over a %s',
  async (patterns) => {
    const server = await OwnServer.start();
    const redis = plainRedis(server.url);
    await serve(Sums, { connection: server.url, patterns });
    await redis.acl('SETUSER', 'caller', 'on', '>secret', '~*', '+@all', 'resetchannels', '&sum');
    const client = clientOf({ connection: server.url.replace('//', '//caller:secret@'), patterns });
    const ask = (): Promise<number> => lastValueFrom(client.send<number>('sum', [1, 2]));

    for (let times = 0; times < 2; times += 1) {
      const error: unknown = await ask().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(PublishFailedError);
      expect((error as Error).message).toMatch(new RegExp(`${patterns} "sum" failed: NOPERM`));
    }

    await redis.acl('SETUSER', 'caller', 'allchannels');
    await eventually(async () => expect(await ask()).toBe(3));
  },
);
