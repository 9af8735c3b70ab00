/** What became of the mails: as planned, or as found at the servers, in the events and in Redis. */
export interface Facts {
  /** Ids of the mails that were sent, in the order of the alphabet. A mail that was sent twice is there twice. */
  readonly sent: readonly string[];
  /** Those that were sent before their delay was over. */
  readonly early: readonly string[];
  /** Attempts that failed and were followed by another. */
  readonly retries: number;
  /** How many mails were given up, for each reason. */
  readonly givenUp: Readonly<Record<string, number>>;
  /** How many mails went back to their writers, for each reason. */
  readonly returned: Readonly<Record<string, number>>;
  /** Dead letters of the dead letters: what is no mail at all, for people to look at. */
  readonly kept: number;
}
