import type { Socket } from 'node:net';
import { Redis } from 'ioredis';
import { ClientLink } from './client-link.js';
import { isAtRest, socketOf } from './client-inside.js';
import type { RedisClient } from './client-inside.js';
import type { Link, LinkOwner } from './link.js';
import { RawLink } from './raw-link.js';

/** Makes a link of a client that has connected. The link owns it, and is a raw one where nothing speaks against it. */
export function openLink(client: RedisClient, owner: LinkOwner): Link {
  if (!(client instanceof Redis) || !isAtRest(client) || hasPrefix(client)) return new ClientLink(client, owner);
  const socket = socketOf(client);
  const canTake = socket !== undefined && isHeardByOne(socket);
  return canTake ? new RawLink(client, socket, owner) : new ClientLink(client, owner);
}

/** Only ioredis knows where keys are in a command. */
const hasPrefix = ({ options: { keyPrefix = '' } }: Redis): boolean => keyPrefix.length > 0;

/** Whether nobody but ioredis' decoder listens, and nothing of it is waiting to be read. */
function isHeardByOne(socket: Socket): boolean {
  const isOpen = !socket.destroyed && socket.writable;
  const isFlowing = socket.readableFlowing === true && socket.readableLength === 0 && socket.readableEncoding === null;
  return isOpen && isFlowing && socket.listenerCount('data') === 1 && socket.listenerCount('readable') === 0;
}
