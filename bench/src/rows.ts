/** What is compared with what. */
export interface Row<Name extends string> {
  /** The library's contender. */
  readonly own: Name;
  readonly beside: Name;
  /** What the ratio ought to be. It is printed, not judged. */
  readonly target?: string;
}

/** The rows that `--only` asks for: those with a contender whose name contains it. */
export const chosenRows = <Chosen extends Row<string>>(rows: readonly Chosen[], only = ''): readonly Chosen[] =>
  rows.filter(({ own, beside }) => own.includes(only) || beside.includes(only));

/** The contenders of some rows, in the order of `all`. */
export function namesIn<Name extends string>(rows: readonly Row<Name>[], all: Readonly<Record<Name, unknown>>): Name[] {
  const used = new Set<string>(rows.flatMap(({ own, beside }) => [own, beside]));
  return (Object.keys(all) as Name[]).filter((name) => used.has(name));
}
