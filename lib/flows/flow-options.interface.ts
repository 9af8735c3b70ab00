/** Options of `RedisFlows.notifications$`. */
export interface NotificationsOptions {
  /** The stream that `notify` keeps the notifications of this channel in, and of no other. */
  readonly history: string;
  /**
   * The id of the last notification that the client has got, such as the `Last-Event-ID` of a browser; `'0'` gives all that
   * the history has. @default only what is published from now on
   */
  readonly after?: string | undefined;
}
