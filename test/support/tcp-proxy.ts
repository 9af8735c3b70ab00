import { once } from 'node:events';
import { type AddressInfo, type Server, Socket, createServer } from 'node:net';
import { Redis } from 'ioredis';
import type { ConnectionOptions, ConnectionRole } from 'nestjs-redis-flow';
import { onTestFinished } from 'vitest';
import { type LinkGuard, ProxiedLink } from './proxied-link.js';

interface Trap {
  readonly on: 'command' | 'reply';
  readonly command: RegExp;
  readonly spring: (link: ProxiedLink) => void;
  /** Whether what it waited for passes all the same. */
  readonly passes: boolean;
}

/** Stands between clients and Redis and breaks the wire where a test says so. Patterns are held against a command's raw bytes. */
export class TcpProxy {
  private readonly links = new Set<ProxiedLink>();
  private readonly traps = new Set<Trap>();
  private connectDelay = 0;
  /** What opens the connections that are held. */
  private held: (() => void)[] | undefined;
  private latency = 0;
  private isDark = false;
  private readonly guard: LinkGuard = {
    onCommand: (link, command) => !this.springs('command', link, command),
    onReply: (link, command) => !this.springs('reply', link, command),
    onEnd: (link) => this.links.delete(link),
  };

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

  /** A connection whose clients in this role go through the proxy, and all others to Redis itself. */
  only(role: ConnectionRole): ConnectionOptions {
    const urlOf = (each: ConnectionRole): string => (each === role ? this.url : this.target.href);
    return { create: (each) => new Redis(urlOf(each), { lazyConnect: true }) };
  }

  /**
   * Redis carries the next such command out, and its reply is lost: the connection is reset instead. Resolves when that
   * has happened.
   */
  loseReplyTo(command: RegExp): Promise<void> {
    return this.setTrap('reply', command, (link) => link.cut());
  }

  /** The same, but the connection stays open and silent instead of being reset. */
  swallowReplyTo(command: RegExp): Promise<void> {
    return this.setTrap('reply', command, (link) => link.darken());
  }

  /** That reply and all that comes after it are held back until `resume`. */
  holdReplyTo(command: RegExp): Promise<void> {
    return this.setTrap('reply', command, (link) => link.darken(), true);
  }

  /** The next such command never reaches Redis: the connection is reset. Resolves when that has happened. */
  resetBefore(command: RegExp): Promise<void> {
    return this.setTrap('command', command, (link) => link.cut());
  }

  /** Connections that are made from now on reach Redis only after `ms`. */
  delayConnections(ms: number): void {
    this.connectDelay = ms;
  }

  /** Connections that are made from now on reach Redis only when what is returned is called. */
  holdConnections(): () => void {
    const held: (() => void)[] = [];
    this.held = held;
    return () => {
      this.held = undefined;
      for (const open of held) open();
    };
  }

  /** Everything takes `ms` longer from now on, each way. */
  delay(ms: number): void {
    this.latency = ms;
  }

  /**
   * Nothing passes any more on the connections that are there, in either direction, and they stay open: the peer is gone
   * without a word. `'all'`: the same for those that are made from now on. A pattern: only on those that asked last for
   * such a command.
   */
  blackhole(which: 'present' | 'all' | RegExp = 'present'): void {
    this.isDark = which === 'all';
    const command = which instanceof RegExp ? which : /(?:)/;
    for (const link of this.links) if (command.test(link.asked)) link.darken();
  }

  /** The line is mended: what was held back arrives, and new connections are made as ever. */
  resume(): void {
    this.isDark = false;
    for (const link of this.links) link.lighten();
  }

  /** Resets every connection that asked last for such a command; without one, all of them. @returns how many. */
  reset(command = /(?:)/): number {
    const due = [...this.links].filter(({ asked }) => command.test(asked));
    for (const link of due) link.cut();
    return due.length;
  }

  /** The same, on the client's side only: Redis is told nothing, as by a NAT that has forgotten the connection. */
  orphan(command: RegExp): number {
    const due = [...this.links].filter(({ asked }) => command.test(asked));
    for (const link of due) link.orphan();
    return due.length;
  }

  private setTrap(on: Trap['on'], command: RegExp, action: (link: ProxiedLink) => void, passes = false): Promise<void> {
    return new Promise((sprung) => {
      const trap: Trap = {
        on,
        command,
        passes,
        spring: (link) => {
          this.traps.delete(trap);
          action(link);
          sprung();
        },
      };
      this.traps.add(trap);
    });
  }

  private springs(on: Trap['on'], link: ProxiedLink, command: string): boolean {
    const trap = [...this.traps].find((each) => each.on === on && each.command.test(command));
    trap?.spring(link);
    return trap?.passes === false;
  }

  private accept(client: Socket): void {
    const server = new Socket();
    const link = new ProxiedLink(client, server, () => this.latency, this.guard);
    this.links.add(link);
    if (this.isDark) link.darken();
    // Not before: a connection has its id in Redis as soon as it is there.
    const open = (): void => {
      if (server.destroyed) return;
      server.connect({ host: this.target.hostname, port: Number(this.target.port) });
      link.open();
    };
    if (this.held !== undefined) this.held.push(open);
    else if (this.connectDelay === 0) open();
    else setTimeout(open, this.connectDelay);
  }

  private async close(): Promise<void> {
    for (const link of this.links) link.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }
}
