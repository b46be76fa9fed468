import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalHash, planHash } from './plan-hash.js';
import { BASE_SHA, plan } from './testing/sample-run.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('canonicalHash', () => {
  it('hashes the canonical JSON of RFC 8785, section 3.2.2 and 3.2.3', () => {
    const value = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    const canonical = `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`;
    expect(canonicalHash(value)).toBe(sha256(canonical));
  });

  it('sorts keys by UTF-16 code units, as RFC 8785 section 3.2.3 does', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const canonical =
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}';
    expect(canonicalHash(value)).toBe(sha256(canonical));
  });

  it('does not depend on the order of keys, but on the order of lists', () => {
    expect(canonicalHash({ a: 1, b: { c: 2, d: 3 } })).toBe(
      canonicalHash({ b: { d: 3, c: 2 }, a: 1 }),
    );
    expect(canonicalHash([1, 2])).not.toBe(canonicalHash([2, 1]));
  });
});

describe('planHash', () => {
  const [first] = plan().plan;
  if (first === undefined) throw new Error('the sample plan has a task');
  const subject = { tasks: [first], base_sha: BASE_SHA, revision: 1 };

  it('has the value the contract defines', () => {
    expect(planHash({ tasks: [], base_sha: 'f'.repeat(40), revision: 3 })).toBe(
      sha256(`{"base_sha":"${'f'.repeat(40)}","revision":3,"tasks":[]}`),
    );
  });

  it('is the same however the tasks were written down', () => {
    const { id, task, files, changes, tests, notes } = first;
    const reordered = { notes, tests, changes, files, task, id };
    expect(planHash({ revision: 1, base_sha: BASE_SHA, tasks: [reordered] })).toBe(
      planHash(subject),
    );
  });

  it('looks at nothing but tasks, base and revision', () => {
    expect(planHash({ ...subject, summary: 'other words' } as typeof subject)).toBe(
      planHash(subject),
    );
  });

  it.each([
    ['a word of a task', { ...subject, tasks: [{ ...first, task: 'rename sub' }] }],
    ['a file of a task', { ...subject, tasks: [{ ...first, files: ['src/other.ts'] }] }],
    ['one task more', { ...subject, tasks: [first, { ...first, id: 't2' }] }],
    ['the base commit', { ...subject, base_sha: 'c'.repeat(40) }],
    ['the revision', { ...subject, revision: 2 }],
  ])('changes with %s', (_what, changed) => {
    expect(planHash(changed)).not.toBe(planHash(subject));
  });
});
