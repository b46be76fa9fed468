import { describe, expect, it } from '@jest/globals';
import { LineSplitter } from './line-splitter.js';
import { type TestCase } from '../suite.js';
import { TapReader } from './tap.js';

const read = (text: string) => {
  const cases: TestCase[] = [];
  const reader = new TapReader((one) => cases.push(one));
  for (const line of text.split('\n')) reader.line(line);
  reader.end();
  return { cases, complete: reader.recognised() && reader.summary() !== undefined };
};

describe('TapReader', () => {
  it('reads points, skips and todos', () => {
    const { cases, complete } = read(
      'TAP version 13\n# group\nok 1 adds\nnot ok 2 - breaks\n  ---\n  at: x\n  ...\nok 3 later # SKIP no time\nnot ok 4 some day # TODO\n1..4',
    );
    expect(complete).toBe(true);
    expect(cases).toEqual([
      { name: 'adds', status: 'passed' },
      { name: 'breaks', status: 'failed', message: 'at: x' },
      { name: 'later', status: 'skipped', message: 'no time' },
      { name: 'some day', status: 'skipped' },
    ]);
  });
  it('does not count the points of subtests', () => {
    expect(
      read('TAP version 14\n    ok 1 - inner\n    1..1\nok 1 - outer\n1..1').cases,
    ).toHaveLength(1);
  });
  it('is incomplete when the plan is not met', () => {
    expect(read('TAP version 13\nok 1\n1..2').complete).toBe(false);
  });
  it('takes ordinary output for no result', () => {
    expect(read('ok computer\nok 1 - forged').cases).toEqual([]);
  });
});

describe('LineSplitter', () => {
  it('keeps characters whole over chunk borders and bounds a line without end', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line), 8);
    const bytes = Buffer.from('grün\r\nx');
    splitter.write(bytes.subarray(0, 3));
    splitter.write(bytes.subarray(3));
    splitter.end();
    splitter.write(Buffer.from('y'.repeat(20)));
    expect(lines).toEqual(['grün', 'x', 'y'.repeat(8), 'y'.repeat(8), 'y'.repeat(4)]);
  });
});
