import { describe, expect, it } from '@jest/globals';
import { verifyChange, type ChangedFile } from './index.js';
import { dependencyChanges } from './dependency-changes.js';

function file(path: string, before: unknown, after: unknown): ChangedFile {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return { path, status: 'modified', diff: '', before: text(before), after: text(after) };
}
const lock = (packages: Record<string, { version: string; license?: string }>) => ({
  packages: Object.fromEntries(
    Object.entries(packages).map(([name, entry]) => [`node_modules/${name}`, entry]),
  ),
});

describe('dependencyChanges', () => {
  it('names what is added, removed and moved, in manifests and lock files', () => {
    const { changes, concerns } = dependencyChanges([
      file(
        'web/package.json',
        { dependencies: { a: '1.0.0', b: '1.0.0' } },
        { dependencies: { a: '2.0.0' }, devDependencies: { c: '^3' } },
      ),
      file('requirements-dev.txt', 'Flask==2.0\n', 'flask==3.0 ; python_version > "3"\nruff\n'),
    ]);
    expect(changes).toEqual([
      'a 1.0.0 -> 2.0.0',
      '+ c ^3',
      '- b 1.0.0',
      'flask ==2.0 -> ==3.0',
      '+ ruff any version',
    ]);
    expect(concerns).toEqual([]);
  });

  it('tells licences that oblige or that nobody knows, of what is new', () => {
    const before = lock({ old: { version: '1.0.0', license: 'GPL-3.0-only' } });
    const after = lock({
      old: { version: '1.0.1', license: 'GPL-3.0-only' },
      fine: { version: '1.0.0', license: '(MIT OR GPL-2.0-only)' },
      both: { version: '1.0.0', license: 'MIT AND Apache-2.0' },
      strong: { version: '1.0.0', license: 'AGPL-3.0-only' },
      mixed: { version: '1.0.0', license: 'MIT AND GPL-2.0-only' },
      silent: { version: '1.0.0' },
    });
    expect(dependencyChanges([file('package-lock.json', before, after)]).concerns).toEqual([
      'strong 1.0.0 has the licence AGPL-3.0-only',
      'mixed 1.0.0 has the licence MIT AND GPL-2.0-only',
      'silent 1.0.0 has the licence nobody states',
    ]);
  });

  it('tells when the project changes its own licence', () => {
    const change = file('package.json', { license: 'MIT' }, { license: 'UNLICENSED' });
    expect(dependencyChanges([change]).concerns).toEqual([
      'package.json changes its licence from "MIT" to "UNLICENSED"',
    ]);
  });

  it('survives files that are no such thing', () => {
    expect(dependencyChanges([file('package.json', 'nonsense', '[1]')]).changes).toEqual([]);
  });
});

describe('a change of dependencies and licences', () => {
  const verify = async (files: ChangedFile[], approvedBy: 'person' | 'policy') => {
    const { items, verdict } = await verifyChange({
      files,
      criteria: [],
      tests: { status: 'passed', message: '', new_failures: [], fixed: [], known_failures: [] },
      approvedFiles: files.map(({ path }) => path),
      approvedBy,
      toolPath: '',
    });
    return { verdict, of: (check: string) => items.find((item) => item.check === check) };
  };

  it('is flagged with what changed', async () => {
    const change = file('package.json', {}, { dependencies: { a: '1.0.0' } });
    const { verdict, of } = await verify([change], 'person');
    expect(verdict).toBe('ready');
    expect(of('dependencies')?.message).toBe(
      'changed, as a person approved: package.json (+ a 1.0.0)',
    );
    expect((await verify([change], 'policy')).verdict).toBe('needs_person');
  });

  it('needs a person for a licence that comes in, even when the plan was approved by one', async () => {
    const change = file('package-lock.json', lock({}), lock({ a: { version: '1.0.0' } }));
    expect((await verify([change], 'person')).verdict).toBe('needs_person');
  });

  it.each(['LICENSE', 'docs/COPYING.txt', 'LICENCE.md', 'LICENSES/MIT.txt', 'NOTICE'])(
    'counts %s as a licence file',
    async (path) => {
      expect((await verify([file(path, 'a', 'b')], 'policy')).of('licence files')).toMatchObject({
        status: 'unknown',
      });
    },
  );
});
