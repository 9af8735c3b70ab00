import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { chromium } from 'playwright-core';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { perform } from '../../sample/04-notifications/src/demo/perform.js';
import { startInstance } from '../../sample/04-notifications/src/start-instance.js';
import { provideBrowser } from '../../tools/browser/provide-browser.mjs';
import { redisUrl, unique } from '../support/redis.js';

/** A browser may have to be installed. */
const INSTALLING = 300_000;

function useOwnKeys(): void {
  vi.stubEnv('REDIS_URL', redisUrl());
  vi.stubEnv('REDIS_KEY_PREFIX', `${unique('notifications')}:`);
  onTestFinished(() => void vi.unstubAllEnvs());
}

async function instance(): Promise<{ app: INestApplication; url: string }> {
  const app = await startInstance(0, false);
  // The server would wait for another request on the connection of a client that has listened.
  (app.getHttpServer() as Server).keepAliveTimeout = 1;
  onTestFinished(() => app.close());
  return { app, url: await app.getUrl() };
}

const add = (url: string, text: string): Promise<Response> =>
  fetch(`${url}/users/ann/notes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });

describe('the sample 04-notifications', () => {
  it('tells a client everything once, in order, also what it has missed between two instances', async () => {
    useOwnKeys();
    const { got, published } = await perform(() => undefined);
    expect(got).toEqual(published);
    expect(got).toHaveLength(5);
  });

  it('closes while clients listen', async () => {
    useOwnKeys();
    const { app, url } = await instance();
    const response = await fetch(`${url}/users/ann/notes`);
    await app.close();
    await expect(response.text()).resolves.toBe('\n');
  });

  describe('in a browser', () => {
    let binary: string;

    beforeAll(async () => {
      binary = await provideBrowser();
    }, INSTALLING);

    async function openPage(url: string) {
      const browser = await chromium.launch({ executablePath: binary, args: ['--no-sandbox', '--disable-gpu'] });
      onTestFinished(() => browser.close());
      const page = await browser.newPage();
      await page.goto(url);
      return page;
    }

    it('shows notes as they come, and goes on at the other instance without a hole and without a double', async () => {
      useOwnKeys();
      const [first, second] = [await instance(), await instance()];
      await add(second.url, 'before');
      const page = await openPage(`${first.url}/?instances=${first.url},${second.url}`);
      const notes = page.locator('#notes li');
      await notes.getByText('before').waitFor();
      await add(second.url, 'live');
      await notes.getByText('live').waitFor();

      await first.app.close();
      await add(second.url, 'away');
      await page.locator('#instance').getByText(second.url).waitFor();
      await add(second.url, 'again');
      await notes.getByText('again').waitFor();
      expect(await notes.allTextContents()).toEqual(['before', 'live', 'away', 'again']);
    });
  });
});
