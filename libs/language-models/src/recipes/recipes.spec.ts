import { describe, expect, it } from '@jest/globals';
import { intentSchema, commitMetaSchema } from '@hil/contracts';
import {
  explainUnrecognised,
  parseRecipes,
  recipeCommit,
  recipeIntent,
  RECIPE_HELP,
} from '../index.js';

const one = (message: string): object => {
  const { recipes, unrecognised } = parseRecipes(message);
  expect(unrecognised).toEqual([]);
  expect(recipes).toHaveLength(1);
  const { line: _line, ...body } = recipes[0] ?? { line: '' };
  return body;
};

describe('a single recipe', () => {
  it.each<[string, object]>([
    ['rename foo to bar', { kind: 'rename', symbol: 'foo', newName: 'bar' }],
    [
      'Rename `foo()` to "bar" IN ./src/a.ts.',
      { kind: 'rename', symbol: 'foo', newName: 'bar', path: 'src/a.ts' },
    ],
    [
      '- please rename the method Cart.total to sum in src/cart.ts!',
      { kind: 'rename', symbol: 'Cart.total', newName: 'sum', path: 'src/cart.ts' },
    ],
    [
      'rename foo to bar in src/a.py, keep the strings',
      { kind: 'rename', symbol: 'foo', newName: 'bar', path: 'src/a.py', keepStrings: true },
    ],
    ['rename function $a to _b1', { kind: 'rename', symbol: '$a', newName: '_b1' }],
    [
      'rename Größe to Höhe in a.py',
      { kind: 'rename', symbol: 'Größe', newName: 'Höhe', path: 'a.py' },
    ],
    ['rename src/a.ts to src/b.ts', { kind: 'move_file', path: 'src/a.ts', to: 'src/b.ts' }],
    [
      '1. replace "A" with "B" in src/**/*.ts',
      { kind: 'replace', search: 'A', replacement: 'B', target: 'src/**/*.ts' },
    ],
    [
      String.raw`replace "say \"hi\"" with '' in README.md`,
      { kind: 'replace', search: 'say "hi"', replacement: '', target: 'README.md' },
    ],
    [
      String.raw`replace "\d+" with "a\nb" in x`,
      { kind: 'replace', search: String.raw`\d+`, replacement: 'a\nb', target: 'x' },
    ],
    [
      'replace `in "x"` with `to y` in `my file.txt`',
      { kind: 'replace', search: 'in "x"', replacement: 'to y', target: 'my file.txt' },
    ],
    [
      'replace "a" with "b" in src/?.ts',
      { kind: 'replace', search: 'a', replacement: 'b', target: 'src/?.ts' },
    ],
    [
      'set compilerOptions.strict to true in tsconfig.json',
      { kind: 'set', key: ['compilerOptions', 'strict'], value: true, path: 'tsconfig.json' },
    ],
    [
      'set a."x.y"[0] to 1.10 in c.yaml',
      { kind: 'set', key: ['a', 'x.y', '0'], value: '1.10', path: 'c.yaml' },
    ],
    [
      'set a to "in b to c" in d.toml',
      { kind: 'set', key: ['a'], value: 'in b to c', path: 'd.toml' },
    ],
    [
      'set scripts.test to jest in band --ci in package.json',
      { kind: 'set', key: ['scripts', 'test'], value: 'jest in band --ci', path: 'package.json' },
    ],
    [
      'set a to [1, {"b": null}] in d.json',
      { kind: 'set', key: ['a'], value: [1, { b: null }], path: 'd.json' },
    ],
    [
      'set LOG_LEVEL to debug in .env',
      { kind: 'set', key: ['LOG_LEVEL'], value: 'debug', path: '.env' },
    ],
    ['bump lodash to 4.17.21.', { kind: 'bump', package: 'lodash', version: '4.17.21' }],
    [
      'bump @scope/pkg to version ^2.0.0-rc.1',
      { kind: 'bump', package: '@scope/pkg', version: '^2.0.0-rc.1' },
    ],
    [
      'create file a/b.txt with:\nhello\n\n  world',
      { kind: 'create_file', path: 'a/b.txt', content: 'hello\n\n  world\n' },
    ],
    [
      'Create a new file `a b.txt` with contents: hello',
      { kind: 'create_file', path: 'a b.txt', content: 'hello\n' },
    ],
    [
      'create an empty file pkg/__init__.py',
      { kind: 'create_file', path: 'pkg/__init__.py', content: '' },
    ],
    ['append to a.md:\n```md\n# x\n\n```', { kind: 'append', path: 'a.md', content: '# x\n\n' }],
    ['delete file `src/old.ts`', { kind: 'delete_file', path: 'src/old.ts' }],
    [
      '(2) move src/a.ts to src/sub/a.ts',
      { kind: 'move_file', path: 'src/a.ts', to: 'src/sub/a.ts' },
    ],
    [
      'remove unused export foo from src/a.ts',
      { kind: 'remove_unused_export', symbol: 'foo', path: 'src/a.ts' },
    ],
    ['who calls foo?', { kind: 'who_calls', symbol: 'foo' }],
    ['What depends on src/a.ts?', { kind: 'what_depends_on', path: 'src/a.ts' }],
    ['explain src/a.ts', { kind: 'explain', path: 'src/a.ts' }],
    ['What is this project about?', { kind: 'what_is_project' }],
    ['show dependencies of src/a.ts', { kind: 'show_dependencies', path: 'src/a.ts' }],
    ['show me the architecture', { kind: 'show_architecture' }],
  ])('%j is understood, and its line parses to the same recipe again', (message, expected) => {
    expect(one(message)).toEqual(expected);
    const [recipe] = parseRecipes(message).recipes;
    expect(parseRecipes(recipe?.line ?? '').recipes).toEqual([recipe]);
  });

  it.each([
    'make it faster',
    'rename foo',
    'rename foo to 1bar',
    'rename foo bar to baz in a.ts',
    'replace A with B in x',
    'replace "" with "B" in x',
    'set a to b',
    'create file a.txt with:',
    'delete everything',
  ])('%j is no recipe and comes back as written', (message) => {
    expect(parseRecipes(message)).toEqual({ recipes: [], unrecognised: [message] });
  });
});

describe('a message of several lines', () => {
  it('gives a recipe a line, in order, with CRLF, bullets and prose between them', () => {
    const message =
      'Hello there\r\n\r\n* rename a to b\r\n2) delete file x.ts\r\n- [ ] who calls b?\r\n';
    const parsed = parseRecipes(message);
    expect(parsed.recipes.map((recipe) => recipe.line)).toEqual([
      'rename a to b',
      'delete file x.ts',
      'who calls b',
    ]);
    expect(parsed.unrecognised).toEqual(['Hello there']);
  });

  it('goes on after fenced content, and takes unfenced content to the end', () => {
    const { recipes } = parseRecipes(
      'create file a.md with:\n````\n```ts\nrename x to y\n```\n````\nappend to b.txt:\ndelete file c\n',
    );
    expect(recipes).toMatchObject([
      { kind: 'create_file', content: '```ts\nrename x to y\n```\n' },
      { kind: 'append', content: 'delete file c\n' },
    ]);
    for (const recipe of recipes) expect(parseRecipes(recipe.line).recipes).toEqual([recipe]);
  });

  it('takes the indentation of the fence away from its content', () => {
    const { recipes } = parseRecipes(
      '- create file a.py with:\n  ```py\n  def f():\n      pass\n  ```\n- bump x to 1.2.3',
    );
    expect(recipes).toMatchObject([
      { content: 'def f():\n    pass\n' },
      { kind: 'bump', version: '1.2.3' },
    ]);
  });
});

describe('random recipes', () => {
  const words = [
    'a',
    '\\',
    '"',
    "'",
    '\n',
    '\t',
    ' in ',
    ' with ',
    ' to ',
    '.',
    '`',
    '\\n',
    'é',
    '```',
    '\r',
  ];
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  const text = (): string =>
    Array.from({ length: 1 + random(6) }, () => words[random(words.length)] ?? '').join('');

  it('keep any replaced text through their line', () => {
    for (let round = 0; round < 500; round += 1) {
      const escape = (value: string): string => JSON.stringify(value);
      const search = text();
      const replacement = text();
      const [recipe] = parseRecipes(
        `replace ${escape(search)} with ${escape(replacement)} in f`,
      ).recipes;
      expect(recipe).toMatchObject({ kind: 'replace', search, replacement });
      expect(parseRecipes(recipe?.line ?? '').recipes).toEqual([recipe]);
    }
  });
});

describe('what stages ask of the recipes', () => {
  it('is an intent that fits the contract, with the paths and symbols named', () => {
    const intent = recipeIntent('rename foo to bar in src/a.ts\ndelete file src/b.ts');
    expect(intentSchema.parse(intent)).toEqual(intent);
    expect(intent).toMatchObject({
      category: 'code_change',
      intent: 'rename',
      risk: 'high',
      human_approval: true,
      target_modules: ['src/a.ts', 'foo', 'src/b.ts'],
    });
    expect(recipeIntent('who calls foo').category).toBe('informational_query');
    expect(recipeIntent('show architecture').category).toBe('diagram_request');
    expect(recipeIntent('make coffee')).toMatchObject({
      category: 'informational_query',
      intent: 'unrecognised',
    });
  });

  it.each([
    [
      'rename foo to bar in libs/cart/src/a.ts',
      { type: 'refactor', scope: 'cart', subject: 'rename foo to bar' },
    ],
    ['bump lodash to 4.0.0', { type: 'chore', scope: 'deps', subject: 'bump lodash to 4.0.0' }],
    ['set a.b to 1 in x.json', { type: 'chore', scope: '', subject: 'set a.b in x.json' }],
    ['create file docs/a.md with: hi', { type: 'docs', scope: 'docs', subject: 'add a.md' }],
    [
      'rename a to b\nset a to 1 in c.json',
      { type: 'chore', scope: '', subject: 'rename a to b and 1 more' },
    ],
  ])('is a commit for %j', (message, commit) => {
    expect(recipeCommit(parseRecipes(message).recipes)).toEqual(commit);
    expect(commitMetaSchema.parse(commit)).toEqual(commit);
  });

  it('is a text that names the lines, every recipe and how to configure a model', () => {
    const text = explainUnrecognised(['make `it` faster']);
    expect(text).toContain("make 'it' faster");
    for (const entry of RECIPE_HELP) expect(text).toContain(entry.form);
    expect(text).toContain('LLM_MODEL');
  });
});
