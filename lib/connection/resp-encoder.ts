import type { Argument } from './link.js';

/** Above this, counting bytes is Node's to do. */
const SHORT = 64;

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) return false;
  return true;
}

const byteLength = (text: string): number =>
  text.length < SHORT && isAscii(text) ? text.length : Buffer.byteLength(text);

const encodeText = (text: string): string => `$${byteLength(text)}\r\n${text}\r\n`;

/**
 * Commands as they go over the wire, in either protocol. As few pieces as possible: neighbouring texts are one string, to
 * be written as UTF-8, and buffers are not copied.
 */
export function encodeCommands(commands: readonly (readonly Argument[])[]): (string | Buffer)[] {
  const pieces: (string | Buffer)[] = [];
  let text = '';
  for (const args of commands) {
    text += `*${args.length}\r\n`;
    for (const arg of args) {
      if (typeof arg === 'string') text += encodeText(arg);
      else if (typeof arg === 'number') text += encodeText(String(arg));
      else {
        pieces.push(`${text}$${arg.length}\r\n`, arg);
        text = '\r\n';
      }
    }
  }
  pieces.push(text);
  return pieces;
}
