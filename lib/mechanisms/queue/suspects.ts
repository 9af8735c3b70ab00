/** How long a suspect has a process to itself, in ms: most that end their process do so at once. */
const PROBATION = 1_000;

/**
 * Jobs whose handlers never came to an end may have ended their process. They are started one at a time: the next one when
 * the last has come to its end, or has lived for a second.
 */
export class Suspects {
  private probation: NodeJS.Timeout | undefined;
  private onProbation: readonly unknown[] = [];

  /** @param next called when the next one may start. */
  constructor(private readonly next: () => void) {}

  /** Whether these may start now. */
  mayStart(deliveries: readonly { readonly hasCrashed: boolean }[]): boolean {
    if (!deliveries.some(({ hasCrashed }) => hasCrashed)) return true;
    if (this.probation !== undefined) return false;
    this.onProbation = deliveries;
    this.probation = setTimeout(() => {
      this.probation = undefined;
      this.next();
    }, PROBATION);
    return true;
  }

  /** One has come to its end, well or not. */
  ended(delivery: unknown): void {
    if (!this.onProbation.includes(delivery)) return;
    this.onProbation = [];
    clearTimeout(this.probation);
    this.probation = undefined;
  }
}
