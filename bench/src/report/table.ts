/** A column: its heading, and whether it holds text rather than numbers. */
export interface Column {
  readonly head: string;
  readonly isText?: boolean;
}

/** A Markdown table that is aligned for a terminal too. */
export function format(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ head }, at) =>
    Math.max(3, head.length, ...rows.map((cells) => cells[at]?.length ?? 0)),
  );
  const pad = (cell: string, at: number): string =>
    columns[at]?.isText === true ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0);
  const line = (cells: readonly string[]): string => `| ${cells.map(pad).join(' | ')} |`;
  const rule = widths.map((width, at) =>
    columns[at]?.isText === true ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(columns.map(({ head }) => head)), line(rule), ...rows.map(line)].join('\n');
}

/** `155250` as `155 250`. */
export const thousands = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');
