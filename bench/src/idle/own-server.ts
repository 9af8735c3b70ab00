/** A Redis that serves nobody else. */
export interface OwnServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a Redis for one measurement. It does not outlive this process. */
export async function startOwnServer(): Promise<OwnServer> {
  const tool = new URL('../../../tools/redis/start-server.mjs', import.meta.url);
  const { startRedisServer } = (await import(tool.href)) as { startRedisServer: () => Promise<OwnServer> };
  return startRedisServer();
}
