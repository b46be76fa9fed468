import { describe, expect, it } from '@jest/globals';
import { symbolsOf } from './plan-symbols.js';

const task = (words: string, changes: string[] = []) => ({
  id: 'task-1',
  task: words,
  files: ['src/a.ts'],
  changes,
  tests: [],
  notes: '',
});

describe('the symbols of a plan', () => {
  it('are those that recipes rename or remove', () => {
    expect(
      symbolsOf([task('rename User.load to fetch in src/a.ts'), task('remove unused export old')]),
    ).toEqual(['load', 'old']);
    expect(symbolsOf([task('delete file src/old.ts')])).toEqual([]);
  });

  it('are those that the tasks of a model name', () => {
    expect(
      symbolsOf([task('Check the age', ['src/a.ts#User.save. refuses children', 'docs'])]),
    ).toEqual(['save']);
  });
});
