import { afterEach, describe, expect, it } from '@jest/globals';
import { Projects } from '../fixtures/project.js';

const projects = new Projects();
afterEach(() => projects.remove());
const run = projects.recipe.bind(projects);

describe('a recipe that can not be done rightly', () => {
  it.each([
    ['a.json', '{"a":1,"a":2}', 'set a to 3', /has a 2 times/],
    ['a.yaml', 'base: &b\n  x: 1\nuse: *b\n', 'set use.x to 3', /use in a\.yaml is an alias of b/],
    ['a.yaml', 'a: &x 1\nb: *x\n', 'set a to 3', /used elsewhere as x/],
    ['a.toml', '[[x]]\ny = 1\n', 'set x.y to 2', /in a list of tables/],
    ['a.toml', '[a.b]\nc = 1\n', 'set a to 2', /a in a\.toml is a table/],
    ['a.toml', 'a.b = 1\n', 'set a to 2', /is a table/],
    ['.env', 'A="x\ny"\n', 'set A to 3', /A in \.env has several lines/],
  ])('is refused in %s (%#)', async (path, text, line, why) => {
    await expect(run({ [path]: text }, `${line} in ${path}`)).rejects.toThrow(why);
  });

  it.each([
    ['package.json', '{"dependencies":{"x":"^1.0.0"}}', 'banana', /"banana" is no version/],
    [
      'package.json',
      '{"peerDependencies":{"x":">=3 <5"}}',
      '5.0.0',
      /">=3 <5", a range of several/,
    ],
    ['requirements.txt', 'x>=1,<2\n', '3.0', />=1,<2", a range of several/],
    ['pyproject.toml', '[project]\ndependencies = ["x>=1,<2"]\n', '3.0', /a range of several/],
  ])('is refused by bump in %s (%#)', async (path, text, version, why) => {
    await expect(run({ [path]: text }, `bump x to ${version}`)).rejects.toThrow(why);
  });

  it('is refused where the file would no longer parse', async () => {
    await expect(run({ 'a.json': '{}\n' }, 'append to a.json: }')).rejects.toThrow(
      /"append to a\.json:" is refused: a\.json would no longer parse/,
    );
    await expect(run({ 'a.py': 'def f(): pass\n' }, 'rename f to class in a.py')).rejects.toThrow(
      /a\.py would no longer parse: line 1/,
    );
  });
});
