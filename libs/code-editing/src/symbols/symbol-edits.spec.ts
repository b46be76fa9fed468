import { describe, expect, it } from '@jest/globals';
import type { SourceLanguage } from '@hil/knowledge-graph';
import { addImport } from './add-import.js';
import { insertMember } from './insert-member.js';
import { replaceSymbolBody } from './replace-symbol-body.js';

const replaced = (file: string, body: string): Promise<string> =>
  replaceSymbolBody('typescript', file, { path: 'a.ts', symbol: 'f', body });

describe('code of a symbol', () => {
  const file = 'class A {\n  f() {\n    return 1;\n  }\n}\n';

  it('stands as deep as the code before, whatever depth it was sent with', async () => {
    const wanted = 'class A {\n  f() {\n    if (x) {\n      y();\n    }\n  }\n}\n';
    for (const lead of ['', '  ', '    ', '        ']) {
      const body = 'if (x) {\n  y();\n}'.replace(/^/gm, lead);
      expect(await replaced(file, body)).toBe(wanted);
      expect(await replaced(file, `\n${body}\n  `)).toBe(wanted);
    }
    expect(await replaced(file, 'if (x) {\n\ty();\n}')).toBe(wanted);
  });

  it('takes tabs in a file of tabs', async () => {
    const tabs = file.replaceAll('  ', '\t');
    expect(await replaced(tabs, 'if (x) {\n    y();\n}')).toContain('\t\tif (x) {\n\t\t\ty();\n');
  });

  it('goes by most lines, and by those of the body, where a file mixes tabs and blanks', async () => {
    const stray = `${file}\tconst stray = 1;\n`;
    expect(await replaced(stray, 'if (x) {\n  y();\n}')).toContain('    if (x) {\n      y();\n');
    const tabs = 'class A {\n  f() {\n\t\treturn 1;\n  }\n  g() {\n    h();\n    i();\n  }\n}\n';
    expect(await replaced(tabs, 'if (x) {\n  y();\n}')).toContain('\t\tif (x) {\n\t\t\ty();\n');
    // What is sent at the depth where it will stand is as it is meant to be.
    expect(await replaced(file, '    if (x)\n\ty();')).toContain('    if (x)\n\ty();\n');
  });

  it('leaves a string of more than one line alone, or is refused', async () => {
    const body = '    const s = `\none\n  two`;\n    return s;';
    expect(await replaced(file, body)).toBe(file.replace('    return 1;', body));
    const moved = 'const s = `\n    one`;\nreturn s;';
    await expect(replaced(file, moved)).rejects.toThrow(/string of more than one line/);
    await expect(replaced(file, `  ${body.trimStart()}`)).rejects.toThrow(/indented less than/);
    const member = { path: 'a.ts', parent: 'A', position: 'end', code: 's = `\n  one`;' };
    await expect(insertMember('typescript', file, member)).rejects.toThrow(/more than one line/);
  });

  it('moves the lines of a docstring with the rest', async () => {
    const python = 'class A:\n    def f(self):\n        return 1\n';
    const body = '"""Doc.\n\nMore.\n"""\nreturn 2';
    const edit = { path: 'a.py', symbol: 'A.f', body };
    expect(await replaceSymbolBody('python', python, edit)).toBe(
      'class A:\n    def f(self):\n        """Doc.\n\n        More.\n        """\n        return 2\n',
    );
  });
});

describe('an import', () => {
  it.each<[SourceLanguage, string, string]>([
    ['typescript', "import { a, b } from 'x';\n", 'import { b } from "x"'],
    ['python', 'from m import (\n    a,\n    b,\n)\n', 'from m import b'],
    ['java', 'import java.util.List;\nclass A {}\n', 'import java.util.List;'],
    ['csharp', 'using System;\nclass A {}\n', 'using System;'],
    ['typescript', "import { a } from 'x';\nimport { b } from 'x';\n", "import { b } from 'x';"],
    ['typescript', "import D, { b } from 'x';\n", "import D from 'x';"],
    ['typescript', "import { b } from 'x';\n", "import type { b } from 'x';"],
    ['python', 'import os\n', 'import os'],
  ])('is not doubled in %s (%#)', async (language, text, statement) => {
    expect(await addImport(language, text, statement)).toBe(text);
  });

  it('adds only the names that the file lacks', async () => {
    const text = "import { a } from 'x';\nimport { b } from 'x';\n";
    expect(await addImport('typescript', text, "import { b, c } from 'x';")).toBe(
      "import { a, c } from 'x';\nimport { b } from 'x';\n",
    );
  });

  it.each<[SourceLanguage, string, string, string]>([
    [
      'typescript',
      "import { b } from 'z';\n",
      "import { b } from 'x';",
      'from elsewhere in line 1',
    ],
    ['typescript', "import type { b } from 'x';\n", "import { b } from 'x';", 'as a type only'],
    ['python', 'import a as b\n', 'from m import b', 'from elsewhere'],
    ['java', 'import java.awt.List;\n', 'import java.util.List;', 'from elsewhere'],
  ])(
    'of a name that means something else in %s is refused (%#)',
    async (language, text, statement, why) => {
      await expect(addImport(language, text, statement)).rejects.toThrow(why);
    },
  );
});
