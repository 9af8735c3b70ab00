import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { CONTENDERS, type ContenderName, PAIRS } from './contenders.js';
import { median } from './statistics.js';

/** One measurement. */
export interface Sample {
  /** Messages per second. */
  readonly rate: number;
  /** CPU time per message in µs. */
  readonly cpu: number;
}

/** The samples of each contender; the same index is the same round. */
export type Samples = ReadonlyMap<ContenderName, readonly Sample[]>;

const HEAD = [
  'mechanism',
  'at once',
  'bare ioredis',
  'msg/s',
  'flow msg/s',
  'ratio',
  'min–max',
  'CPU µs',
  'flow CPU µs',
];

const thousands = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');

function row(raw: ContenderName, flow: ContenderName, samples: Samples): string[] | undefined {
  const [bare, own] = [samples.get(raw), samples.get(flow)];
  if (bare === undefined || own === undefined) return undefined;
  const ratios = own.map(({ rate }, round) => rate / (bare[round]?.rate ?? NaN));
  const { mechanism, concurrency } = CONTENDERS[flow];
  const rate = (of: readonly Sample[]): string => thousands(median(of.map((sample) => sample.rate)));
  const cpu = (of: readonly Sample[]): string => median(of.map((sample) => sample.cpu)).toFixed(1);
  return [
    mechanism,
    String(concurrency),
    CONTENDERS[raw].label,
    rate(bare),
    rate(own),
    median(ratios).toFixed(2),
    `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
    cpu(bare),
    cpu(own),
  ];
}

/** A Markdown table that is aligned for a terminal too. */
function format(rows: readonly (readonly string[])[]): string {
  const isText = (column: number): boolean => column === 0 || column === 2;
  const widths = HEAD.map((_, column) => Math.max(3, ...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => (isText(at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, at) => (isText(at) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [head = [], ...body] = rows;
  return [line(head), line(rule), ...body.map(line)].join('\n');
}

/** Medians over the rounds, flow beside the bare loop that does the same. */
export function table(samples: Samples): string {
  const rows = PAIRS.flatMap(({ raw, flow }) => {
    const cells = row(raw, flow, samples);
    return cells === undefined ? [] : [cells];
  });
  return format([HEAD, ...rows]);
}

/** What it ran on. */
export function machine(server: string): string {
  const versionOf = (name: string): string =>
    (createRequire(import.meta.url)(`${name}/package.json`) as { version: string }).version;
  const [cpu] = cpus();
  return [
    new Date().toISOString().slice(0, 10),
    `Node ${process.versions.node}`,
    server,
    `ioredis ${versionOf('ioredis')}`,
    `Nest ${versionOf('@nestjs/core')}`,
    `${availableParallelism()} cores of ${cpu?.model.trim() ?? 'an unknown processor'}`,
    // The benchmark alone keeps about two cores busy: more than that is somebody else's work.
    `load average ${(loadavg()[0] ?? NaN).toFixed(1)}`,
  ].join(' · ');
}
