/** What the warehouse says of an article. */
export interface Stock {
  readonly article: string;
  readonly pieces: number;
  /** The instance that has answered. */
  readonly by: string;
}

/** What `reserve` is asked. */
export interface Reservation {
  readonly article: string;
  readonly pieces: number;
}
