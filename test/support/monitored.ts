import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { Recorder } from './recorder.js';
import { redisUrl } from './redis.js';

/** A command as Redis carried it out. */
export interface MonitoredCommand {
  /** The address of the client that sent it, or `lua`. */
  readonly source: string;
  readonly name: string;
  /** Name and arguments, each in quotes. */
  readonly text: string;
  /** By the clock of Redis, in ms. */
  readonly at: number;
}

/** `+1795529643.867035 [0 127.0.0.1:50164] "get" "a key"` (redis.io/docs/latest/commands/monitor). */
const LINE = /^\+(?<seconds>\d+\.\d+) \[\d+ (?<source>[^\]]+)\] (?<text>"(?<name>[^"]+)".*)$/;

/**
 * Every command that Redis carries out from here on, of any client, until the test ends. It reads the socket itself, as
 * ioredis fails where commands of others arrive together with the reply to its MONITOR.
 */
export async function monitored(): Promise<Recorder<MonitoredCommand>> {
  const { hostname, port, username, password } = new URL(redisUrl());
  const seen = new Recorder<MonitoredCommand>();
  const socket = connect(Number(port || 6379), hostname);
  onTestFinished(() => void socket.destroy());
  const lines = createInterface({ input: socket });
  const isGuarded = password !== '';
  if (isGuarded) socket.write(`AUTH ${username || 'default'} ${decodeURIComponent(password)}\r\n`);
  socket.write('MONITOR\r\n');
  await new Promise<void>((resolve, reject) => {
    let toBeAccepted = isGuarded ? 2 : 1;
    socket.once('error', reject);
    lines.on('line', (line) => {
      if (line.startsWith('-')) reject(new Error(`Redis refused to be monitored: ${line}`));
      else if (line === '+OK' && (toBeAccepted -= 1) === 0) resolve();
      const { seconds, source, name, text } = LINE.exec(line)?.groups ?? {};
      if (source !== undefined && name !== undefined && text !== undefined)
        seen.add({ source, name, text, at: Number(seconds) * 1_000 });
    });
  });
  return seen;
}
