/** The first word of what Redis answered (`WRONGTYPE`, `NOGROUP` …), or undefined where it was not Redis that said no. */
export function replyCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return undefined;
  return /^[A-Z]+/.exec(error.message)?.[0] ?? 'ERR';
}

/** ioredis refuses a command instead of queueing it: nothing was sent. */
export function wasNotSent(error: unknown): boolean {
  return error instanceof Error && error.message.includes('enableOfflineQueue');
}
