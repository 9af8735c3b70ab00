/** Stands for whatever takes its time. */
export abstract class Reports {
  abstract write(year: number, signal: AbortSignal): Promise<string>;
  abstract add(amount: number): void;
}
