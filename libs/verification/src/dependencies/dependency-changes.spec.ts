import { describe, expect, it } from '@jest/globals';
import { verifyChange, type ChangedFile } from '../index.js';
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

/** One file of each kind: a package that moves, one that comes and one that goes. */
const KINDS: [path: string, before: string, after: string, unlike?: string[]][] = [
  [
    'yarn.lock',
    'a@^1:\n  version "1.0.0"\n  resolved "x"\n\nold@2:\n  version "1.0.0"\n',
    '"a@^1", a@1:\n  resolved "x"\n  version "2.0.0"\n\n"new@npm:3":\n  version: 1.0.0\n',
  ],
  [
    'pnpm-lock.yaml',
    "lockfileVersion: '9.0'\npackages:\n\n  'a@1.0.0':\n    resolution: {}\n\n  /old@1.0.0:\n    dev: true\n",
    'packages:\n\n  a@2.0.0(b@1.0.0):\n    resolution: {}\n\n  /new/1.0.0:\n    dev: true\n',
  ],
  [
    'requirements.txt',
    'A==1.0.0\nold==1.0.0 # why\n',
    '-r x.txt\na[b]==2.0.0\nnew==1.0.0 \\\n    --hash=sha256:00\n',
    ['a ==1.0.0 -> ==2.0.0', '+ new ==1.0.0 \\', '- old ==1.0.0'],
  ],
  [
    'poetry.lock',
    '[[package]]\nname = "a"\nversion = "1.0.0"\n\n[[package]]\nname = "old"\nversion = "1.0.0"\n',
    '[[package]]\r\nname = "a"\r\nversion = "2.0.0"\r\n\r\n[[package]]\r\nname = "new"\r\nversion = "1.0.0"\r\n',
  ],
  [
    'uv.lock',
    'version = 1\n[[package]]\nname = "a"\nversion = "1.0.0"\nsource = {}\n\n[[package]]\nname = "old"\nversion = "1.0.0"\n',
    'version = 1\n[[package]]\nname = "a"\nversion = "2.0.0"\n\n[[package]]\nname = "new"\nversion = "1.0.0"\n',
  ],
  [
    'Pipfile.lock',
    '{"default": {"a": {"version": "1.0.0"}}, "develop": {"old": {"version": "1.0.0"}}}',
    '{"default": {"a": {"version": "2.0.0"}}, "develop": {"new": {"version": "1.0.0"}}}',
  ],
  [
    'pyproject.toml',
    '[project]\nname = "x"\nkeywords = ["word"]\ndependencies = [\n  "a[b]>=1",\n  "old",\n]\n',
    '[project]\nname = "x"\ndependencies = ["a>=2"]\n[dependency-groups]\ndev = ["new>=1"]\n[tool.poetry.dependencies]\npython = "^3"\nd = { version = "^4", optional = true }\ne = "*"\n[tool.x]\nf = "1"\n',
    ['a >=1 -> >=2', '+ new >=1', '+ d ^4', '+ e *', '- old any version'],
  ],
  [
    'pom.xml',
    '<project><properties><v>1.0.0</v></properties><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${v}</version></dependency><dependency><groupId>g</groupId><artifactId>old</artifactId></dependency></project>',
    '<project><properties><v>2.0.0</v></properties><!-- <dependency><artifactId>no</artifactId></dependency> --><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${v}</version><exclusions><exclusion><artifactId>x</artifactId></exclusion></exclusions></dependency><plugin><artifactId>new</artifactId><version>1.0.0</version></plugin></project>',
    [
      'g:a 1.0.0 -> 2.0.0',
      '+ org.apache.maven.plugins:new (plugin) 1.0.0',
      '- g:old a managed version',
    ],
  ],
  [
    'build.gradle.kts',
    'implementation("g:a:1.0.0")\napi("g:old:1.0.0")',
    'implementation("g:a:2.0.0")\ntestImplementation("g:new:1.0.0")\nproject(":other")',
    ['g:a 1.0.0 -> 2.0.0', '+ g:new 1.0.0', '- g:old 1.0.0'],
  ],
  [
    'gradle.lockfile',
    'g:a:1.0.0=compileClasspath\ng:old:1.0.0=x\n',
    'g:a:2.0.0=compileClasspath\ng:new:1.0.0=x\nempty=\n',
    ['g:a 1.0.0 -> 2.0.0', '+ g:new 1.0.0', '- g:old 1.0.0'],
  ],
  [
    'src/Shop.csproj',
    '<ItemGroup><PackageReference Include="a" Version="1.0.0" /><PackageReference Include="old" Version="1.0.0"/></ItemGroup>',
    '<ItemGroup><PackageReference Include="a"><Version>2.0.0</Version></PackageReference><PackageReference Version="1.0.0" Include="new" /></ItemGroup>',
  ],
  [
    'packages.lock.json',
    '{"dependencies": {"net8.0": {"a": {"resolved": "1.0.0"}, "old": {"resolved": "1.0.0"}}}}',
    '{"dependencies": {"net8.0": {"a": {"resolved": "2.0.0"}, "new": {"resolved": "1.0.0"}, "other": {"type": "Project"}}}}',
  ],
  [
    'packages.config',
    '<packages><package id="a" version="1.0.0" /><package id="old" version="1.0.0" /></packages>',
    '<packages><package id="a" version="2.0.0" targetFramework="net48" /><package id="new" version="1.0.0" /></packages>',
  ],
];

describe('files of other package managers', () => {
  it.each(KINDS.map(([path, before, after, unlike]) => ({ path, before, after, unlike })))(
    '$path',
    ({ path, before, after, unlike }) => {
      const { changes, concerns, unstated } = dependencyChanges([file(path, before, after)]);
      expect(changes).toEqual(unlike ?? ['a 1.0.0 -> 2.0.0', '+ new 1.0.0', '- old 1.0.0']);
      expect(concerns).toEqual([]);
      expect(unstated[0]).toContain(`(${path})`);
    },
  );

  it.each([
    ['pyproject.toml', 'license = "MIT"\n', 'license = "AGPL-3.0-only"\n'],
    [
      'pom.xml',
      '<licenses><license><name>MIT</name></license></licenses>',
      '<licenses><license><name>AGPL</name></license></licenses>',
    ],
    [
      'x.csproj',
      '<PackageLicenseExpression>MIT</PackageLicenseExpression>',
      '<PackageLicenseExpression>AGPL-3.0-only</PackageLicenseExpression>',
    ],
  ])('%s tells when the project changes its own licence', (path, before, after) => {
    const [concern] = dependencyChanges([file(path, before, after)]).concerns;
    expect(concern).toMatch(/changes its licence from "?MIT"? to "?AGPL/);
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

  it('tells the licences of other lock files as not looked up, with the reason', async () => {
    const change = file('poetry.lock', '', '[[package]]\nname = "a"\nversion = "1.0.0"\n');
    const { verdict, of } = await verify([change], 'person');
    expect(of('licences')).toEqual({
      check: 'licences',
      status: 'not_run',
      message:
        'licence unknown: a 1.0.0 (poetry.lock); these files do not state licences, look them up',
    });
    expect(of('dependencies')?.message).toContain('+ a 1.0.0');
    expect(verdict).toBe('ready');
    expect((await verify([change], 'policy')).verdict).toBe('needs_person');
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
