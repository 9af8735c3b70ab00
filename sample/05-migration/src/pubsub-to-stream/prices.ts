/** What is published. */
export interface Price {
  readonly of: string;
  readonly cents: number;
}
