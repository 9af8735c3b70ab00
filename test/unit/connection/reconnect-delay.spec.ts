import { describe, expect, it } from 'vitest';
import { reconnectDelay, replyCode, wasNotSent } from '../../../lib/connection/index.js';

describe('the delay before the next try', () => {
  it('grows from 50 ms to 2 s and stays there', () => {
    const longest = (attempt: number): number => reconnectDelay(attempt, () => 1);
    expect([1, 2, 3, 4, 5, 6, 7, 100, 1e9].map(longest)).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
  });

  it('is half random, so that instances spread', () => {
    expect(reconnectDelay(7, () => 0)).toBe(1_000);
    expect(reconnectDelay(1, () => 0)).toBe(25);
    expect(new Set(Array.from({ length: 50 }, () => reconnectDelay(7))).size).toBeGreaterThan(10);
  });
});

describe('what Redis answered', () => {
  const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });

  it('is told by its first word', () => {
    expect(replyCode(reply('WRONGTYPE Operation against a key'))).toBe('WRONGTYPE');
    expect(replyCode(reply('strange'))).toBe('ERR');
  });

  it.each([new Error('WRONGTYPE'), 'WRONGTYPE', undefined])('is nothing where it was not Redis: %s', (error) => {
    expect(replyCode(error)).toBeUndefined();
  });

  it('is certain not to exist for a command that was never sent', () => {
    expect(wasNotSent(new Error("Stream isn't writeable and enableOfflineQueue options is false"))).toBe(true);
    expect(wasNotSent(new Error('Connection is closed.'))).toBe(false);
  });
});
