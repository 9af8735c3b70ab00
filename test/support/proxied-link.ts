import type { Socket } from 'node:net';
import { RespFrames } from './resp-frames.js';

const PUSH = 0x3e;

/** What the proxy has to say to a command or to its reply. False: it does not pass. */
export interface LinkGuard {
  readonly onCommand: (link: ProxiedLink, command: string) => boolean;
  /** `command` is the one that is answered. */
  readonly onReply: (link: ProxiedLink, command: string) => boolean;
  readonly onEnd: (link: ProxiedLink) => void;
}

/** One connection through the proxy. It knows which reply belongs to which command. */
export class ProxiedLink {
  /** The last command that the client sent, as its raw bytes. */
  asked = '';
  private readonly unanswered: string[] = [];
  private readonly commands = new RespFrames();
  private readonly replies = new RespFrames();
  private held: (() => void)[] | undefined;
  private hasEnded = false;
  private isOrphan = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly latency: () => number,
    private readonly guard: LinkGuard,
  ) {
    for (const socket of [client, server]) {
      socket.on('error', () => undefined).on('close', () => this.closed());
      // Each frame is a write of its own, and the next one would wait for the other side to confirm the last.
      socket.setNoDelay();
    }
    server.on('data', (bytes) => this.each(this.replies, bytes, (frame) => this.answer(frame)));
  }

  /** Lets the client's bytes in; they wait in its socket until then. */
  open(): void {
    this.client.on('data', (bytes) => this.each(this.commands, bytes, (frame) => this.ask(frame)));
  }

  /** Nothing passes any more, in either direction, and neither side is told: the peer has vanished. */
  darken(): void {
    this.held ??= [];
  }

  /** What was held back arrives now, as TCP has it when a broken line is mended. */
  lighten(): void {
    const { held } = this;
    this.held = undefined;
    if (this.client.destroyed || this.server.destroyed) return this.cut();
    for (const pass of held ?? []) pass();
  }

  /** Resets the client's side, and Redis is told nothing: to it the client is there as ever. */
  orphan(): void {
    this.isOrphan = true;
    this.client.resetAndDestroy();
  }

  /** Resets the client's side. */
  cut(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.guard.onEnd(this);
    this.client.resetAndDestroy();
    this.server.destroy();
  }

  /** In the dark, the other side does not hear of an end either. */
  private closed(): void {
    const isUnheard = this.isOrphan && !this.server.destroyed;
    if (this.held === undefined && !isUnheard) this.cut();
  }

  private each(frames: RespFrames, bytes: Buffer, pass: (frame: Buffer) => void): void {
    for (const frame of frames.add(bytes)) this.whenLit(() => pass(frame));
  }

  private whenLit(pass: () => void): void {
    if (this.held === undefined) pass();
    else this.held.push(pass);
  }

  private ask(frame: Buffer): void {
    this.asked = frame.toString('latin1');
    if (!this.guard.onCommand(this, this.asked)) return;
    this.unanswered.push(this.asked);
    this.send(this.server, frame);
  }

  private answer(frame: Buffer): void {
    const command = frame[0] === PUSH ? '' : (this.unanswered.shift() ?? '');
    if (this.guard.onReply(this, command)) this.send(this.client, frame);
  }

  private send(to: Socket, frame: Buffer): void {
    const write = (): void => {
      if (!to.destroyed) to.write(frame);
    };
    const ms = this.latency();
    if (ms === 0) this.whenLit(write);
    else setTimeout(() => this.whenLit(write), ms);
  }
}
