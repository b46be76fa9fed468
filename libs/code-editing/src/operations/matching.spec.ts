import { describe, expect, it } from '@jest/globals';
import { match } from '../index.js';
import { applyEdits } from '../text/text-edit.js';

/** The text after an edit, or why it was refused. */
function edit(text: string, search: string, replace: string, expected = 1): string {
  const result = match(text, search, replace, expected);
  return result.ok ? applyEdits(text, result.edits) : `refused: ${result.message}`;
}

describe('matching', () => {
  const text = 'class A {\n  go() {\n    return 1;  \n  }\n}\n';

  it('takes exact text, then lines but for trailing blanks, then another indentation', () => {
    expect(match(text, 'return 1', 'return 2', 1)).toMatchObject({ ok: true, how: 'exact' });
    expect(match(text, '    return 1;\n  }', 'x', 1)).toMatchObject({ how: 'line-trimmed' });
    const shifted = match(text, 'go() {\n  return 1;\n}', 'go() {\n  return 2;\n}', 1);
    expect(shifted).toMatchObject({
      how: 'indent',
      edits: [{ text: '  go() {\n    return 2;\n  }' }],
    });
  });

  it('refuses an uneven shift, an ambiguous text and a missing one, with the nearest lines', () => {
    expect(match(text, 'go() {\nreturn 1;\n}', 'x', 1)).toMatchObject({
      ok: false,
      nearest: [{ line: 2 }, { line: 1 }],
    });
    expect(match('a\nb\na\n', 'a', 'x', 1)).toMatchObject({
      ok: false,
      nearest: [{ line: 1 }, { line: 3 }],
    });
    expect(match('a\nb\na\n', 'a', 'x', 2)).toMatchObject({ ok: true });
    expect(match('a\n', 'a', 'x', 2)).toMatchObject({ ok: false });
  });

  it('leaves lines that are in both texts byte for byte as the file has them', () => {
    const file = 'a  \r\nb\nc\t\nd\n';
    expect(edit(file, 'a\nb \nc\nd', 'a\nx\nc\nd')).toBe('a  \r\nx\r\nc\t\nd\n');
  });

  it('puts new lines into the tabs or the blanks of the file', () => {
    const blanks = 'if (a) {\n    if (b) {\n        c();\n    }\n}\n';
    const tabs = blanks.replaceAll('    ', '\t');
    const sent = ['\tif (b) {\n\t\tc();', '\tif (b) {\n\t\tif (d)\n\t\t\tc();'] as const;
    const wanted = '    if (b) {\n        if (d)\n            c();\n    }';
    expect(edit(blanks, ...sent)).toContain(wanted);
    const other = sent.map((one) => one.replaceAll('\t', '  ')) as [string, string];
    expect(edit(tabs, ...other)).toContain(wanted.replaceAll('    ', '\t'));
    // Three blanks for one tab and four for the next: no one width.
    expect(edit(blanks, '\tif (b) {\n\t\t\tc();', 'x')).toMatch(/^refused/);
  });

  it('refuses a new line that can not be indented as those around it', () => {
    expect(edit('  a\n  b\n', '    a\n    b', '    a\n x\n    b')).toContain('refused');
  });

  it('finds lines but for empty ones, and keeps those', () => {
    const file = 'a\n\nb\nc\nd\n\ne\n';
    expect(match(file, 'a\nb\nc\nd\ne\n', 'a\nb\nx\nd\ne\n', 1)).toMatchObject({
      how: 'blank-lines',
    });
    expect(edit(file, 'a\nb\nc\nd\ne\n', 'a\nb\nx\nd\ne\n')).toBe('a\n\nb\nx\nd\n\ne\n');
    expect(edit(file, 'a\nb\n\nc\nd', 'a\nb\n\nc\nx')).toBe('a\n\nb\nc\nx\n\ne\n');
  });

  it('refuses a change beside an empty line that was not sent, since it could go on either side', () => {
    const file = 'a\n\nb\nc\n';
    expect(edit(file, 'a\nb\nc', 'a\nx\nb\nc')).toContain('not clear where the change goes');
    expect(edit(file, 'a\nb\nc', 'a\nc')).toContain('not clear where the change goes');
    expect(edit('a\nb\nc\n', 'a\n\nb\nc', 'a\nx\n\nb\nc')).toContain('not clear');
  });

  it('refuses that also where the change could be read as one line higher or lower', () => {
    // `b c a` after the first a is `a b c` before it: beside the empty line.
    expect(edit('x\n\na\nd\n', 'x\na\nd', 'x\na\nb\nc\na\nd')).toContain('not clear');
    expect(edit('x\ny\n\na\nd\n', 'x\ny\na\nd', 'x\nz\ny\na\nd')).toBe('x\nz\ny\n\na\nd\n');
  });

  it('refuses it where the change has a copy of the line beside the empty one', () => {
    // Read with the first end, the new block goes between the end and f, beside the empty line.
    const file = 'top\n/*\n * f\n */\n\nf\nz\n';
    const sent = 'top\n/*\n * f\n */\nf\nz';
    const block = '/*\n * g\n */\ng\n';
    expect(edit(file, sent, sent.replace('/*\n * f', `${block}/*\n * f`))).toContain('not clear');
    expect(edit(file, sent, sent.replace('z', 'y'))).toBe(file.replace('z', 'y'));
  });

  it('removes empty lines at the end of what was sent, all of them', () => {
    const file = 'a \nb\n\n\n\n';
    expect(edit('a\nb\n\n\n\n', 'a\nb\n\n\n', 'a\nb')).toBe('a\nb\n');
    expect(edit(file, 'a\nb\n\n\n', 'a\nb')).toBe('a \nb\n');
  });

  it('takes new lines as they were sent, blanks at their end included', () => {
    expect(edit('  a\n  b\n', '    a\n    b', '    a\n  \n    c  \n    b')).toBe(
      '  a\n  \n  c  \n  b\n',
    );
  });

  it('does not spread blanks at line ends that were sent by mistake to new lines written alike', () => {
    const file = 'f() {\n  a();\n}\n\nh();\n';
    const sent = 'f() {\n  a();\n}  \n\nh();';
    expect(edit(file, sent, 'f() {\n  a();\n}  \n\ng() {\n  b();\n}  \n\nh();')).toBe(
      'f() {\n  a();\n}\n\ng() {\n  b();\n}\n\nh();\n',
    );
  });

  it('tells a new line of blanks from an empty one that is there', () => {
    expect(edit('  a\n\n  b\n', 'a\n\nb', 'a\n  \nc\n\nb')).toBe('  a\n  \n  c\n\n  b\n');
  });

  it('keeps a missing final line ending, whatever the search says about it', () => {
    expect(edit('a\nb', 'b\n', 'c\n')).toBe('a\nc');
    expect(edit('a\nb', 'a\nb\n', 'a\nb\nc\n')).toBe('a\nb\nc');
    expect(edit('a\nb \nc\n', 'b\n', '')).toBe('a\nc\n');
  });

  it('does not find lines that only begin alike, or that stand in another order', () => {
    expect(edit('ab\ncd\n', 'a\ncd', 'x')).toContain('refused');
    expect(edit('a\nb\n', 'b\na', 'x')).toContain('refused');
    expect(edit('a\n', '\n \n', 'x')).toContain('refused');
  });
});
