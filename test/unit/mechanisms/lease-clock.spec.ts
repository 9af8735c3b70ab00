import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LeaseClock } from '../../../lib/mechanisms/held/lease-clock.js';

let monotonic = 1_000;
let wall = 1_700_000_000_000;

beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic);
  vi.spyOn(Date, 'now').mockImplementation(() => wall);
});
afterEach(() => void vi.restoreAllMocks());

function pass(byMonotonic: number, byWall: number): void {
  monotonic += byMonotonic;
  wall += byWall;
}

describe('the clock of leases', () => {
  it('counts ms from its beginning on', () => {
    const clock = new LeaseClock();
    expect(clock.now()).toBe(0);
    pass(40, 40);
    expect(clock.now()).toBe(40);
    expect(clock.now()).toBe(40);
  });

  it('counts the time that a machine was suspended, in which the monotonic clock stands still', () => {
    const clock = new LeaseClock();
    pass(10, 60_000);
    expect(clock.now()).toBe(60_000);
  });

  it('does not go back, or stand still, when the clock of the machine is set back', () => {
    const clock = new LeaseClock();
    pass(100, 100);
    clock.now();
    pass(50, -3_600_000);
    expect(clock.now()).toBe(150);
    pass(50, 50);
    expect(clock.now()).toBe(200);
  });

  it('would rather count too much than too little: what was counted once is not taken back', () => {
    const clock = new LeaseClock();
    pass(10, 3_600_000);
    clock.now();
    pass(10, -3_600_000);
    expect(clock.now()).toBe(3_600_010);
  });
});
