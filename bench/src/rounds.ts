/** The samples of each contender; the same index is the same round. */
export type Samples<Name extends string, Sample> = ReadonlyMap<Name, readonly Sample[]>;

/** The round that warms up and is not counted. */
export const WARM_UP = 0;

/** Measures each contender once in every round, after one round that warms up. */
export async function inRounds<Name extends string, Sample>(
  title: string,
  names: readonly Name[],
  rounds: number,
  measure: (name: Name, round: number) => Promise<Sample>,
): Promise<Samples<Name, Sample>> {
  const samples = new Map<Name, Sample[]>(names.map((name) => [name, []]));
  for (let round = WARM_UP; round <= rounds; round += 1) {
    process.stderr.write(`${title}: ${round === WARM_UP ? 'warming up' : `round ${round} of ${rounds}`}\n`);
    // Whatever grows or shrinks during a round meets both sides of a pair alike.
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) {
      const sample = await measure(name, round);
      if (round > WARM_UP) samples.get(name)?.push(sample);
    }
  }
  return samples;
}
