import { posix } from 'node:path';
import { hasField } from '../detect/has-field.js';
import { readRepositoryFile } from '../detect/repository-files.js';
import { type Formatter } from './formatter.js';

/** How a formatter is recognised and called. */
interface KnownFormatter extends Pick<Formatter, 'tool' | 'needs' | 'argv' | 'notRun'> {
  /** Files that it formats. */
  formats: RegExp;
  /** Files that configure it, each with what it must hold. */
  configured: Readonly<Record<string, (text: string) => boolean>>;
}

const any = (): boolean => true;
const holds = (pattern: RegExp) => (text: string) => pattern.test(text);
const CODE = /\.(?:[cm]?[jt]sx?|vue|svelte|jsonc?|css|scss|less|html?|md|mdx|ya?ml|graphql)$/i;
const prettierFiles = [
  '', '.json', '.json5', '.yaml', '.yml', '.toml', '.js', '.cjs', '.mjs', '.ts',
].map((extension) => `.prettierrc${extension}`); // prettier-ignore
const prettierConfigs = ['js', 'cjs', 'mjs', 'ts'].map((kind) => `prettier.config.${kind}`);

/** In the order in which they are looked for: a project that says black means black, whatever it lints with. */
const KNOWN: readonly KnownFormatter[] = [
  {
    tool: 'prettier',
    needs: 'node',
    argv: ['prettier', '--write', '--ignore-unknown', '--log-level', 'warn', '--'],
    formats: CODE,
    configured: {
      ...Object.fromEntries([...prettierFiles, ...prettierConfigs].map((name) => [name, any])),
      'package.json': (text) => hasField(text, 'prettier'),
    },
  },
  {
    tool: 'biome',
    needs: 'node',
    argv: ['biome', 'format', '--write', '--no-errors-on-unmatched', '--files-ignore-unknown=true'],
    formats: CODE,
    configured: { 'biome.json': any, 'biome.jsonc': any },
  },
  {
    tool: 'black',
    needs: 'python',
    argv: ['black', '--quiet', '--'],
    formats: /\.pyi?$/,
    configured: { 'pyproject.toml': holds(/^\[tool\.black\]/m) },
  },
  {
    tool: 'ruff format',
    needs: 'python',
    argv: ['ruff', 'format', '--quiet', '--no-cache', '--force-exclude', '--'],
    formats: /\.pyi?$/,
    configured: {
      'ruff.toml': any,
      '.ruff.toml': any,
      'pyproject.toml': holds(/^\[tool\.ruff(?:\.format)?\]/m),
    },
  },
  {
    tool: 'dotnet format',
    needs: 'dotnet',
    argv: ['dotnet', 'format', 'whitespace', '.', '--folder', '--include'],
    formats: /\.cs$/,
    configured: { '.editorconfig': holds(/^\[[^\]]*\bcs\b[^\]]*\]/m) },
  },
  ...buildPlugins(),
];

/** Formatters that are plug-ins of a build: no installation brings them, so they are named and not run. */
function buildPlugins(): KnownFormatter[] {
  const plugins: [string, string, (text: string) => boolean][] = [
    ['pom.xml', 'spotless', holds(/<artifactId>spotless-maven-plugin</)],
    ['pom.xml', 'google-java-format', holds(/<artifactId>fmt-maven-plugin</)],
    ['build.gradle', 'spotless', holds(/com\.diffplug\.spotless/)],
    ['build.gradle.kts', 'spotless', holds(/com\.diffplug\.spotless/)],
    ['.csharpierrc', 'csharpier', any],
  ];
  return plugins.map(([file, tool, sign]) => ({
    tool,
    needs: 'none',
    argv: [tool],
    formats: tool === 'csharpier' ? /\.cs$/ : /\.(?:java|kt)$/,
    configured: { [file]: sign },
    notRun: 'it is a plug-in of the build, which the installation for offline tests does not bring',
  }));
}

/**
 * The formatters that a repository configures for files that changed, by its files alone. Of each file the nearest
 * folder upwards counts that configures one for its kind; what nobody configured is not run.
 * @param root a tree of the repository
 * @param changed repository paths
 */
export async function detectFormatters(
  root: string,
  changed: readonly string[],
): Promise<Formatter[]> {
  const found = new Map<string, Formatter>();
  for (const path of changed) {
    const place = await nearest(root, path);
    if (place === null) continue;
    const { known, cwd, where } = place;
    const key = `${known.tool} ${cwd}`;
    const { tool, needs, argv, notRun } = known;
    const formatter = found.get(key) ?? {
      tool,
      needs,
      argv,
      cwd,
      reason: `${where} configures it`,
      files: [],
      ...(notRun === undefined ? {} : { notRun }),
    };
    formatter.files.push(posix.relative(cwd, path));
    found.set(key, formatter);
  }
  return [...found.values()];
}

async function nearest(
  root: string,
  path: string,
): Promise<{ known: KnownFormatter; cwd: string; where: string } | null> {
  const candidates = KNOWN.filter(({ formats }) => formats.test(path));
  if (candidates.length === 0) return null;
  for (let cwd = posix.dirname(path); ; cwd = posix.dirname(cwd)) {
    for (const known of candidates) {
      for (const [name, sign] of Object.entries(known.configured)) {
        const where = posix.join(cwd, name);
        const text = await readRepositoryFile(root, where);
        if (text !== null && sign(text)) return { known, cwd, where };
      }
    }
    if (cwd === '.') return null;
  }
}
