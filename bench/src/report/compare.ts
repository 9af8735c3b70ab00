import type { Samples } from '../rounds.js';
import type { Row } from '../rows.js';
import { median } from '../statistics.js';

/** The samples of a row's two contenders; the same index is the same round. */
export interface Compared<Sample> {
  readonly ownSamples: readonly Sample[];
  readonly besideSamples: readonly Sample[];
}

/** The rows with their samples. */
export const compare = <Name extends string, Sample, Each extends Row<Name>>(
  rows: readonly Each[],
  samples: Samples<Name, Sample>,
): readonly (Each & Compared<Sample>)[] =>
  rows.map((row) => ({
    ...row,
    ownSamples: samples.get(row.own) ?? [],
    besideSamples: samples.get(row.beside) ?? [],
  }));

/** The library's value divided by the other's of the same round: the median, the range, and what was hoped for. */
export function ratioCells<Sample>(
  { ownSamples, besideSamples }: Compared<Sample>,
  value: (sample: Sample) => number,
  target = '',
): [ratio: string, range: string, target: string] {
  const ratios = ownSamples.map((sample, round) => {
    const other = besideSamples[round];
    return other === undefined ? NaN : value(sample) / value(other);
  });
  return [median(ratios).toFixed(2), `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`, target];
}
