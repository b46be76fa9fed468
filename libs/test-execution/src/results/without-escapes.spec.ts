import { describe, expect, it } from '@jest/globals';
import { withoutEscapes } from './without-escapes.js';

describe('withoutEscapes', () => {
  it.each<[string, string, string]>([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['a window title', '\u001b]0;owned\u0007after', 'after'],
    ['a link', '\u001b]8;;https://example.org\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['clearing the screen and the other buffer', '\u001b[2J\u001b[?1049hx\u001bc', 'x'],
    ['writing to the clipboard', '\u001b]52;c;cm0gLXJmIC8=\u0007', ''],
    ['eight-bit controls', '\u009b31mred\u009d0;owned\u009cafter', 'redafter'],
    ['a device string that asks the terminal', '\u001bP$qm\u001b\\ok', 'ok'],
    ['a sequence that is never finished', 'a\u001b]0;own', 'a0;own'],
    ['overwriting what was shown', 'FAILED\rpassed\b\b', 'FAILED passed'],
    ['bells and nulls', 'a\u0007\u0000b', 'ab'],
    ['reordering', 'user\u202e\u2066 admin\u2069', 'user admin'],
  ])('takes out %s', (_name, text, plain) => {
    expect(withoutEscapes(text)).toBe(plain);
  });

  it('leaves text, tabs and lines as they are', () => {
    const text = '\ta < b && c[0] === "é 漢 🙂"\n  at f (a.ts:1:2)\n';
    expect(withoutEscapes(text)).toBe(text);
  });

  it('takes a moment for a megabyte of unfinished sequences', () => {
    const begun = performance.now();
    withoutEscapes('\u001b]'.repeat(250_000) + '\u001b[1;'.repeat(100_000));
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
