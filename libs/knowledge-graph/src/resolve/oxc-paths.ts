import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { ResolverFactory } from 'oxc-resolver';
import { parseObject } from '../discover/project-facts.js';

/**
 * Resolves TypeScript/JavaScript specifiers of files on disk with oxc-resolver, one resolver for
 * each nearest tsconfig. A tsconfig whose base is not installed would silently resolve nothing
 * (measured), so such a file is left to the path rules.
 */
export class OxcPaths {
  private readonly root: string;
  private readonly base = new ResolverFactory({
    extensions: ['.ts', '.tsx', '.mts', '.cts', '.d.ts', '.js', '.jsx', '.mjs', '.cjs', '.json'],
    extensionAlias: {
      '.js': ['.ts', '.tsx', '.d.ts', '.js', '.jsx'],
      '.mjs': ['.mts', '.mjs'],
      '.cjs': ['.cts', '.cjs'],
    },
    conditionNames: ['import', 'require', 'types', 'node', 'default'],
    mainFields: ['source', 'types', 'module', 'main'],
  });
  private readonly byFolder = new Map<string, ResolverFactory>();

  constructor(
    rootDir: string,
    private readonly files: ReadonlySet<string>,
  ) {
    this.root = realpathSync(rootDir);
  }

  /** The tracked file a specifier means in `from`, or null. */
  resolve(from: string, specifier: string): string | null {
    const folder = dirname(join(this.root, from));
    let found: string | undefined;
    try {
      found = this.resolverOf(folder).sync(folder, specifier).path;
    } catch {
      return null;
    }
    if (found === undefined) return null;
    const path = relative(this.root, found).split(sep).join('/');
    return this.files.has(path) ? path : null;
  }

  private resolverOf(folder: string): ResolverFactory {
    const known = this.byFolder.get(folder);
    if (known) return known;
    const config = join(folder, 'tsconfig.json');
    let resolver = this.base;
    if (existsSync(config)) {
      if (isWhole(config, 0)) {
        resolver = this.base.cloneWithOptions({
          tsconfig: { configFile: config, references: 'auto' },
        });
      }
    } else if (folder !== this.root && folder.startsWith(this.root)) {
      resolver = this.resolverOf(dirname(folder));
    }
    this.byFolder.set(folder, resolver);
    return resolver;
  }
}

/** True when the settings and all their bases can be read. */
function isWhole(config: string, depth: number): boolean {
  if (depth > 8 || !existsSync(config)) return false;
  const settings = parseObject(readFileSync(config, 'utf8'));
  if (!settings) return false;
  const bases = [settings['extends']].flat().filter((one) => typeof one === 'string');
  return bases.every((base) => {
    if (!base.startsWith('.')) return false;
    const file = join(dirname(config), base);
    return isWhole(file.endsWith('.json') ? file : `${file}.json`, depth + 1);
  });
}
