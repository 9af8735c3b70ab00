import type { MechanismKind } from 'nestjs-redis-flow';
import type { Scene } from './scenes.js';

/** Something that was seen to happen to a message: by the demo itself, in the application's journal, or in Redis. */
export interface DemoEvent {
  readonly type: 'sent' | 'started' | 'handled' | 'failed' | 'dead letter';
  readonly mechanism: MechanismKind;
  readonly subject: string;
  readonly detail: string;
  /** Which attempt it was, for what the application did. */
  readonly attempt?: number;
  /** Why it was given up, for dead letters. */
  readonly reason?: string;
}

/** The fate of a message that nothing more was heard of. */
export const UNKNOWN = 'unknown';

export interface Fate {
  /** In the words of `Expected`. */
  readonly fate: string;
  readonly attempts: number;
}

const concerns = (scene: Scene, { mechanism, subject }: DemoEvent): boolean =>
  mechanism === scene.mechanism && subject === scene.subject;

/** What became of a message, made of nothing but what was seen. */
export function fateOf(scene: Scene, events: readonly DemoEvent[]): Fate {
  const own = events.filter((event) => concerns(scene, event));
  const attempts = own.filter(({ type }) => type === 'started').length;
  const ends = own.filter(({ type }) => type === 'handled' || type === 'dead letter');
  const words = ends.map(({ type, reason }) => (reason === undefined ? type : `${type} (${reason})`));
  return { fate: words.join(' and ') || UNKNOWN, attempts };
}

export const isAsExpected = ({ expected }: Scene, { fate, attempts }: Fate): boolean =>
  fate === expected.fate && attempts === expected.attempts;
