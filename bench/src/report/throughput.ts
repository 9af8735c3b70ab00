import type { Samples } from '../rounds.js';
import type { Row } from '../rows.js';
import { median } from '../statistics.js';
import { compare, ratioCells } from './compare.js';
import { format, thousands } from './table.js';

/** One measurement. */
export interface Sample {
  /** Messages per second. */
  readonly rate: number;
  /** CPU time per message in µs. */
  readonly cpu: number;
}

const COLUMNS = [
  { head: 'flow', isText: true },
  { head: 'beside', isText: true },
  { head: 'its msg/s' },
  { head: 'flow msg/s' },
  { head: 'ratio' },
  { head: 'min–max' },
  { head: 'target' },
  { head: 'its CPU µs' },
  { head: 'flow CPU µs' },
];

const rate = (samples: readonly Sample[]): string => thousands(median(samples.map((sample) => sample.rate)));
const cpu = (samples: readonly Sample[]): string => median(samples.map((sample) => sample.cpu)).toFixed(1);

/** Medians over the rounds, flow beside what does the same. */
export function throughputTable<Name extends string>(
  rows: readonly Row<Name>[],
  samples: Samples<Name, Sample>,
  contenders: Readonly<Record<Name, { readonly label: string }>>,
): string {
  const cells = compare(rows, samples).map((compared) => {
    const { own, beside, ownSamples, besideSamples } = compared;
    return [
      contenders[own].label,
      contenders[beside].label,
      rate(besideSamples),
      rate(ownSamples),
      ...ratioCells(compared, (sample) => sample.rate, compared.target),
      cpu(besideSamples),
      cpu(ownSamples),
    ];
  });
  return format(COLUMNS, cells);
}
