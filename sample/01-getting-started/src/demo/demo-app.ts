import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { connectRedisFlow } from 'nestjs-redis-flow';
import { AppModule } from '../app.module.js';
import { type JournalEntry, Journal } from '../journal/journal.js';
import type { DemoEvent } from './events.js';
import type { QuietLogger } from './quiet-logger.js';
import { subjectOf } from './scenes.js';

const toEvent = ({ what, mechanism, data, attempt, detail = '' }: JournalEntry): DemoEvent => ({
  type: what,
  mechanism,
  subject: subjectOf(mechanism, data),
  attempt,
  detail,
});

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EADDRINUSE';

/** The same application that main.ts starts, on a port of its own, with its journal as events. */
export async function startApp(
  port: number,
  logger: QuietLogger,
  report: (event: DemoEvent) => void,
): Promise<{ app: INestApplication; url: string }> {
  const app = await NestFactory.create(AppModule, { logger, abortOnError: false });
  app.get(Journal).added$.subscribe((entry) => report(toEvent(entry)));
  connectRedisFlow(app);
  await app.startAllMicroservices();
  await app.listen(port, '127.0.0.1').catch((error: unknown) => {
    if (!isTaken(error)) throw error;
    return app.listen(0, '127.0.0.1');
  });
  const { port: actual } = app.getHttpServer().address() as { port: number };
  return { app, url: `http://127.0.0.1:${actual}` };
}
