import { describe, expect, it } from '@jest/globals';
import { type TracePlace, framesIn, trimFailure } from './failure-text.js';

const files = new Set(['src/add.ts', 'src/add.test.ts', 'pkg/tests/test_a.py', 'pkg/a.py']);
const place: TracePlace = {
  root: '/workspace',
  cwd: '.',
  innermostLast: false,
  isFile: (path) => files.has(path),
};

describe('framesIn', () => {
  it('keeps the frames of own files, innermost first, with their functions', () => {
    const stack = [
      'Error: no',
      '    at add (/workspace/src/add.ts:3:9)',
      '    at Object.<anonymous> (/workspace/src/add.test.ts:12:5)',
      '    at run (/workspace/node_modules/jest/run.js:1:1)',
      '    at processTicksAndRejections (node:internal/process/task_queues:95:5)',
    ].join('\n');
    expect(framesIn(stack, place)).toEqual([
      { file: 'src/add.ts', line: 3, name: 'add' },
      { file: 'src/add.test.ts', line: 12, name: 'Object.<anonymous>' },
    ]);
  });

  it('reads file URLs and vitest arrows', () => {
    expect(framesIn('at file:///workspace/src/add.ts:3:9', place)).toEqual([
      { file: 'src/add.ts', line: 3 },
    ]);
    expect(framesIn(' ❯ src/add.test.ts:7:3', place)).toEqual([
      { file: 'src/add.test.ts', line: 7 },
    ]);
  });

  it('turns Python traces over, whose innermost frame is last', () => {
    const trace = [
      'pkg/tests/test_a.py:4: ',
      'tests/test_a.py:5: in test_a',
      '  File "/workspace/pkg/a.py", line 9, in half',
    ].join('\n');
    expect(framesIn(trace, { ...place, cwd: 'pkg', innermostLast: true })).toEqual([
      { file: 'pkg/a.py', line: 9, name: 'half' },
      { file: 'pkg/tests/test_a.py', line: 5 },
      { file: 'pkg/tests/test_a.py', line: 4 },
    ]);
  });

  it('finds the file of a Java frame by its package', () => {
    const sources = ['core/src/main/java/com/acme/Sum.java'];
    const trace =
      '\tat com.acme.Sum$Inner.add(Sum.java:42)\n\tat java.base/java.lang.Thread.run(Thread.java:840)';
    const bySuffix = (suffix: string) => sources.find((path) => path.endsWith(`/${suffix}`));
    expect(framesIn(trace, { ...place, bySuffix })).toEqual([
      { file: 'core/src/main/java/com/acme/Sum.java', line: 42, name: 'add' },
    ]);
  });

  it('reads .NET frames', () => {
    const trace = '   at Acme.Sum.Add(Int32 a) in /workspace/src/add.ts:line 7';
    expect(framesIn(trace, place)).toEqual([
      { file: 'src/add.ts', line: 7, name: 'Acme.Sum.Add(Int32 a)' },
    ]);
  });

  it('never leads out of the repository', () => {
    const lies = { ...place, isFile: () => true };
    expect(framesIn('at x (/etc/shadow.txt:1:1)\nat y (../../up.ts:1:1)', lies)).toEqual([]);
  });
});

describe('trimFailure', () => {
  it('drops colours, paths of the sandbox and frames of runtimes', () => {
    const escape = String.fromCharCode(27);
    const text = `${escape}[31mExpected 2${escape}[39m\n    at f (/workspace/src/add.ts:3:9)\n    at g (node:internal/x:1:1)\n\tat org.junit.Assert.fail(Assert.java:1)`;
    expect(trimFailure(text, '/workspace')).toBe('Expected 2\n    at f (src/add.ts:3:9)');
  });

  it('keeps the head and the end of what is too long', () => {
    const text = trimFailure(`first${'x'.repeat(20_000)}last`, '/workspace');
    expect(text.length).toBeLessThan(4_100);
    expect(text).toMatch(/^first[\s\S]*characters left out[\s\S]*last$/);
  });
});
