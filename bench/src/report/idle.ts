import { CONTENDERS, type ContenderName } from '../consumers/contenders.js';
import { format, thousands } from './table.js';

/** What one idle handler had Redis do. */
export interface Idle {
  readonly name: ContenderName;
  /** How often each command was executed. */
  readonly commands: ReadonlyMap<string, number>;
  /** Within which time. */
  readonly minutes: number;
}

const COLUMNS = [{ head: 'idle handler', isText: true }, { head: 'commands/min' }, { head: 'of them', isText: true }];

/** Commands per minute, those that scripts execute too. */
export function idleTable(handlers: readonly Idle[]): string {
  const rows = handlers.map(({ name, commands, minutes }) => {
    const perMinute = [...commands].map(([command, count]) => [command, count / minutes] as const);
    const busiestFirst = perMinute.toSorted(([, a], [, b]) => b - a);
    const total = perMinute.reduce((sum, [, count]) => sum + count, 0);
    const parts = busiestFirst.map(([command, count]) => `${command} ${thousands(count)}`);
    return [CONTENDERS[name].label, thousands(total), parts.join(', ')];
  });
  return format(COLUMNS, rows);
}
