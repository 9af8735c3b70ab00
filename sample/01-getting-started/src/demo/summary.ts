import { paint, print } from './account.js';
import { type DemoEvent, UNKNOWN, fateOf, isAsExpected } from './events.js';
import { SCENES } from './scenes.js';

const HEAD = ['message', 'sent by', 'mechanism', 'attempts', 'fate', 'expected', ''] as const;

const inWords = ({ fate, attempts }: { fate: string; attempts: number }): string =>
  attempts === 1 ? fate : `${fate} after ${attempts} attempts`;

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  print(paint('bold', line(HEAD)));
  print(paint('dim', widths.map((width) => '─'.repeat(width)).join('──')));
  for (const row of rows) print(paint(row.at(-1) === '✓' ? 'green' : 'red', line(row)));
}

/** Prints each message's fate. Returns what is not as expected, for people. */
export function summarise(events: readonly DemoEvent[]): string[] {
  const fates = SCENES.map((scene) => ({ scene, fate: fateOf(scene, events) }));
  printTable(
    fates.map(({ scene, fate }) => {
      const { subject, by, mechanism, expected } = scene;
      const mark = isAsExpected(scene, fate) ? '✓' : '✗';
      return [subject, by, mechanism, String(fate.attempts), fate.fate, inWords(expected), mark];
    }),
  );
  return fates
    .filter(({ scene, fate }) => !isAsExpected(scene, fate))
    .map(({ scene, fate }) => `${scene.subject}: ${inWords(fate)} instead of ${inWords(scene.expected)}`);
}

/** Whether every message has come to an end, be it the expected one or not. */
export const haveAllEnded = (events: readonly DemoEvent[]): boolean =>
  SCENES.every((scene) => fateOf(scene, events).fate !== UNKNOWN);
