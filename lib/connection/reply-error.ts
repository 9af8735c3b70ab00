/** What Redis answered instead of a reply, in its own words. It looks like ioredis' error of that name. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
}
