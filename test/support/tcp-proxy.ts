import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { onTestFinished } from 'vitest';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** The last bytes that the client sent. */
  asked: string;
}

interface Trap {
  readonly command: RegExp;
  readonly sprung: () => void;
}

/** Stands between a client and Redis and breaks the wire where a test says so. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private trap: Trap | undefined;
  private delay = 0;

  private constructor(
    private readonly listener: Server,
    private readonly target: URL,
  ) {
    listener.on('connection', (client) => this.accept(client));
  }

  /** It is closed when the test has finished. */
  static async open(url: string): Promise<TcpProxy> {
    const listener = createServer();
    const proxy = new TcpProxy(listener, new URL(url));
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => proxy.close());
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  /**
   * Redis carries the next such command out, and its reply is lost: the connection is reset instead. Resolves when that
   * has happened.
   */
  loseReplyTo(command: RegExp): Promise<void> {
    return new Promise((sprung) => (this.trap = { command, sprung }));
  }

  /** Connections that are made from now on reach Redis only after `ms`. */
  delayConnections(ms: number): void {
    this.delay = ms;
  }

  /** Resets every connection that asked last for such a command. @returns how many. */
  reset(command: RegExp): number {
    const due = [...this.pairs].filter(({ asked }) => command.test(asked));
    for (const pair of due) this.cut(pair);
    return due.length;
  }

  private accept(client: Socket): void {
    const server = connect({ host: this.target.hostname, port: Number(this.target.port) });
    const pair: Pair = { client, server, asked: '' };
    this.pairs.add(pair);
    const end = (): void => this.cut(pair);
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    server.on('data', (bytes) => this.answer(pair, bytes));
    const pump = (): void => {
      client.on('data', (bytes) => {
        pair.asked = bytes.toString('latin1');
        server.write(bytes);
      });
    };
    if (this.delay === 0) pump();
    else setTimeout(pump, this.delay);
  }

  private answer(pair: Pair, bytes: Buffer): void {
    const { trap } = this;
    if (trap?.command.test(pair.asked) !== true) return void pair.client.write(bytes);
    this.trap = undefined;
    this.cut(pair);
    trap.sprung();
  }

  private cut(pair: Pair): void {
    if (!this.pairs.delete(pair)) return;
    pair.client.resetAndDestroy();
    pair.server.destroy();
  }

  private async close(): Promise<void> {
    for (const pair of this.pairs) this.cut(pair);
    this.listener.close();
    await once(this.listener, 'close');
  }
}
