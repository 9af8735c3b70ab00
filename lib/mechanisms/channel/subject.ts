import type { Subject } from '../../connection/index.js';
import { type ChannelPattern, type Keys, escapeGlob } from '../../message/index.js';

/** What Redis is asked for. In a glob the prefix stands for itself. */
export function subjectOf({ isGlob, subject }: ChannelPattern, { prefix }: Keys, isSharded: boolean): Subject {
  if (isGlob) return { kind: 'glob', name: escapeGlob(prefix) + subject };
  return { kind: isSharded ? 'shard' : 'channel', name: prefix + subject };
}
