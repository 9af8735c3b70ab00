import type { Samples } from '../rounds.js';
import type { Row } from '../rows.js';
import { median } from '../statistics.js';
import { compare, ratioCells } from './compare.js';
import { format } from './table.js';

/** One measurement, in ms. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** A row whose `target` is that of p50, and may have one of p99 as well. */
export interface LatencyRow<Name extends string> extends Row<Name> {
  readonly p99Target?: string;
}

const COLUMNS = [
  { head: 'flow', isText: true },
  { head: 'beside', isText: true },
  { head: 'its p50 ms' },
  { head: 'flow p50 ms' },
  { head: 'p50 ratio' },
  { head: 'min–max' },
  { head: 'target' },
  { head: 'its p99 ms' },
  { head: 'flow p99 ms' },
  { head: 'p99 ratio' },
  { head: 'min–max' },
  { head: 'target' },
];

const p50 = (samples: readonly Latency[]): string => median(samples.map((sample) => sample.p50)).toFixed(2);
const p99 = (samples: readonly Latency[]): string => median(samples.map((sample) => sample.p99)).toFixed(2);

/** Medians over the rounds, flow beside what does the same. */
export function latencyTable<Name extends string>(
  rows: readonly LatencyRow<Name>[],
  samples: Samples<Name, Latency>,
  contenders: Readonly<Record<Name, { readonly label: string }>>,
): string {
  const cells = compare(rows, samples).map((compared) => {
    const { own, beside, ownSamples, besideSamples, target, p99Target } = compared;
    return [
      contenders[own].label,
      contenders[beside].label,
      p50(besideSamples),
      p50(ownSamples),
      ...ratioCells(compared, (sample) => sample.p50, target),
      p99(besideSamples),
      p99(ownSamples),
      ...ratioCells(compared, (sample) => sample.p99, p99Target),
    ];
  });
  return format(COLUMNS, cells);
}
