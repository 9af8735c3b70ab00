/** What a settling script answers for one message. */
export const SETTLED = {
  /** It belongs to another consumer by now, or another one has settled it. */
  notOurs: 0,
  done: 1,
  /** It is not in the stream any more, and so cannot be parked. */
  gone: 2,
} as const;
