import { describe, expect, it } from '@jest/globals';
import { ReadingProgress } from './reading-progress.js';

function readingWith(clock: { now: number }): ReadingProgress {
  return new ReadingProgress(() => clock.now);
}

describe('progress of reading a repository', () => {
  it('gives counts and the time left', () => {
    const clock = { now: 0 };
    const progress = readingWith(clock);
    expect(progress.line({ done: 0, total: 100_000 })).toBe('reading 100,000 source files');
    clock.now = 6_000;
    expect(progress.line({ done: 12_000, total: 100_000 })).toBe(
      'read 12,000 of 100,000 files, about 44 s left',
    );
  });

  it('reckons the time left without the files that the cache knew', () => {
    const clock = { now: 0 };
    const progress = readingWith(clock);
    expect(progress.line({ done: 90_000, total: 100_000 })).toBe(
      'reading 100,000 source files, 90,000 of them known from before',
    );
    clock.now = 2_000;
    expect(progress.line({ done: 91_000, total: 100_000 })).toBe(
      'read 91,000 of 100,000 files, about 18 s left',
    );
  });

  it('comes once a second at most, and not after the last file', () => {
    const clock = { now: 0 };
    const progress = readingWith(clock);
    progress.line({ done: 0, total: 10 });
    clock.now = 999;
    expect(progress.line({ done: 1, total: 10 })).toBeNull();
    clock.now = 1_000;
    expect(progress.line({ done: 2, total: 10 })).toBe('read 2 of 10 files, about 4 s left');
    clock.now = 5_000;
    expect(progress.line({ done: 10, total: 10 })).toBeNull();
  });

  it('says nothing of a repository without sources', () => {
    expect(readingWith({ now: 0 }).line({ done: 0, total: 0 })).toBeNull();
  });
});
