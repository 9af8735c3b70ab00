/**
 * Milliseconds that have passed, by whichever of the machine's two clocks says more. The monotonic one stands still while
 * a machine is suspended, the other can be set back; a lease must never seem to last longer than it does.
 */
export class LeaseClock {
  private elapsed = 0;
  private monotonic = performance.now();
  private wall = Date.now();

  now(): number {
    const monotonic = performance.now();
    const wall = Date.now();
    this.elapsed += Math.max(monotonic - this.monotonic, wall - this.wall);
    this.monotonic = monotonic;
    this.wall = wall;
    return this.elapsed;
  }
}
