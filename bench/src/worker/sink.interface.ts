/** What every measurement of a consumer says. */
export interface Handled {
  readonly duplicates: number;
}

/** Takes note of handled messages. */
export interface Sink<Result extends Handled = Handled> {
  /** Resolves when every message was handled at least once. */
  readonly complete: Promise<void>;
  /** To be called for each handled message. @throws RangeError for a number that is not one of this measurement's. */
  readonly add: (n: number) => void;
  /** To be called when all is handled and settled. */
  result(): Result;
}
