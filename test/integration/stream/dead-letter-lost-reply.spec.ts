import type { RedisFlowContext, StreamOptions } from 'nestjs-redis-flow';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { heartbeatsByHand } from './heartbeats.js';
import { FAST, StreamLab } from './lab.js';

const WRITE = /evalsha?[^]*:dlq/i;

async function letters(lab: StreamLab): Promise<unknown[]> {
  return (await lab.letters()).map(({ fields }) => JSON.parse(String(fields.get('$data'))) as unknown);
}

describe('a dead letter of what is not pending any more, when the reply to its write is lost', () => {
  it.each<[string, StreamOptions]>([
    ["acknowledged before its handler: ack 'before'", { ack: 'before' }],
    ['read without a group', { reader: { from: '0' }, retry: false }],
    ['trimmed away while its handler ran', { retry: { attempts: 2, backoff: FAST } }],
  ])('is written once: %s', async (_, options) => {
    const lab = StreamLab.open();
    const proxy = await TcpProxy.open(lab.url);
    await lab.append('warm-up');
    const handle = async (): Promise<never> => {
      if (options.retry !== false) await lab.redis.xtrim(lab.stream, 'MAXLEN', 0);
      throw new Error('no');
    };
    await lab.worker(options, handle, { url: proxy.url });
    // Redis knows the script then: its first call would only tell that it does not.
    await lab.lettersWhen(1);

    const lost = proxy.loseReplyTo(WRITE);
    await lab.append('x');
    await lost;
    await lab.append('y');

    // There is one place: the next one comes when this one has its end.
    await eventually(async () => expect(await letters(lab)).toContain('y'));
    expect(await letters(lab)).toEqual(['warm-up', 'x', 'y']);
  });
});

describe('a dead letter of what a heartbeat has found trimmed, when neither its answer nor the write has come through', () => {
  it('is written all the same', async () => {
    const beat = heartbeatsByHand();
    const lab = StreamLab.open();
    const proxy = await TcpProxy.open(lab.url);
    await lab.append('warm-up');
    const handle = async ({ message }: RedisFlowContext): Promise<never> => {
      // Redis knows the scripts then: their first call would only tell that it does not.
      if (message.data === 'warm-up') await beat();
      if (message.data === 'x') {
        await lab.redis.xdel(lab.stream, message.id);
        const lost = proxy.loseReplyTo(new RegExp(`evalsha[^]*${message.id}`, 'i'));
        await Promise.all([beat(), lost]);
        void proxy.resetBefore(WRITE);
      }
      throw new Error('no');
    };
    await lab.worker({ retry: false }, handle, { url: proxy.url });
    await lab.lettersWhen(1);

    await lab.append('x', 'y');

    await eventually(async () => expect(await letters(lab)).toContain('y'));
    expect(await letters(lab)).toEqual(['warm-up', 'x', 'y']);
  });
});
