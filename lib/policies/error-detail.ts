import { HttpException } from '@nestjs/common';

/** What an HTTP exception says beside its message: the list of what was wrong, as `ValidationPipe` makes it. */
export function errorDetail(error: unknown): string | undefined {
  if (!(error instanceof HttpException)) return undefined;
  const response = error.getResponse();
  const { message } = typeof response === 'object' ? (response as { message?: unknown }) : {};
  return Array.isArray(message) ? message.join('; ') : undefined;
}
