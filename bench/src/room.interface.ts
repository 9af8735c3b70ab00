import type { Workbench } from './workbench.js';

/** What the command line asks for. */
export interface Settings {
  /** How often each is measured, after a round that warms up. @default as the room thinks fit */
  readonly rounds?: number;
  /** How many messages a contender with a share of 1 handles or sends. */
  readonly messages: number;
  /** How long latency is measured, in seconds. */
  readonly seconds: number;
  /** Only rows whose names contain it. */
  readonly only?: string;
}

/** One kind of measurement. @returns its table, or undefined when `only` left nothing to measure. */
export type Room = (bench: Workbench, settings: Settings) => Promise<string | undefined>;
