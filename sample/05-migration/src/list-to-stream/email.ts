/** A job. */
export interface Email {
  readonly to: string;
}
