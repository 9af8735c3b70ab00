/** What becomes of one message that is settled. */
export const SETTLED = {
  /** It belongs to another consumer by now, or another one has settled it. */
  notOurs: 0,
  done: 1,
  /** It is not in the stream any more, and so cannot be parked. */
  gone: 2,
  /** It is not ours, and that may be our own doing, as the reply to the first try was lost. */
  unclear: 3,
} as const;
