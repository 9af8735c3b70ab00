import { format, thousands } from './table.js';

const COLUMNS = [{ head: 'a message that waits', isText: true }, { head: '100 B' }, { head: '1 KB' }];

/** Bytes that Redis needs for a message, by its size. */
export const memoryTable = (rows: readonly { readonly label: string; readonly bytes: readonly number[] }[]): string =>
  format(
    COLUMNS,
    rows.map(({ label, bytes }) => [label, ...bytes.map(thousands)]),
  );
