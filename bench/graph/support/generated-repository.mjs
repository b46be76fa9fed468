import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FILES_A_PACKAGE = 200;

/**
 * Writes a TypeScript monorepo of `count` source files into a new folder and answers the folder: packages of
 * 200 files, each file with an interface, a class of five methods, two functions, five imports inside the
 * package and one of another package, one test for every tenth file. The same count gives the same bytes.
 */
export function generatedRepository(count) {
  const root = mkdtempSync(join(tmpdir(), 'hil-scale-'));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'scale', private: true }));
  const packages = Math.ceil(count / FILES_A_PACKAGE);
  for (let at = 0; at < packages; at += 1) {
    const folder = join(root, `packages/p${at}/src`);
    mkdirSync(folder, { recursive: true });
    const manifest = { name: `@scale/p${at}`, version: '1.0.0', main: 'src/module0.ts' };
    writeFileSync(join(root, `packages/p${at}/package.json`), JSON.stringify(manifest));
    const files = Math.min(FILES_A_PACKAGE, count - at * FILES_A_PACKAGE);
    for (let n = 0; n < files; n += 1) {
      const isTest = n % 10 === 9;
      const name = isTest ? `module${n - 1}.spec.ts` : `module${n}.ts`;
      writeFileSync(join(folder, name), isTest ? testOf(n - 1) : moduleOf(at, n, packages));
    }
  }
  return root;
}

function moduleOf(at, n, packages) {
  const others = [1, 3, 8, 21, 55].map((step) => (n + step) % (FILES_A_PACKAGE - 1));
  const used = [...new Set(others.map((one) => (one % 10 === 9 ? one - 1 : one)))].filter(
    (one) => one !== n,
  );
  const lines = used.map(
    (one) => `import { Service${one}, make${one}, type Item${one} } from './module${one}.js';`,
  );
  lines.push(`import { make0 as other } from '@scale/p${(at + 7) % packages}';`, '');
  lines.push(`/** Item ${n} of package ${at}. */`);
  lines.push(`export interface Item${n} {`, '  id: number;', '  name: string;', '}', '');
  lines.push(`export class Service${n} {`);
  lines.push(`  constructor(private readonly items: Map<number, Item${n}>) {}`, '');
  for (const one of used) {
    lines.push(`  async use${one}(service: Service${one}, id: number): Promise<Item${one}[]> {`);
    lines.push(`    const made = make${one}(id, 'from ${n}');`);
    lines.push(`    const found = await service.find(made.id);`);
    lines.push('    return found === undefined ? [] : [found, made];', '  }', '');
  }
  lines.push(`  find(id: number): Promise<Item${n} | undefined> {`);
  lines.push('    return Promise.resolve(this.items.get(id));', '  }', '}', '');
  lines.push(`export function make${n}(id: number, name: string): Item${n} {`);
  lines.push('  other(id, name);', '  return { id, name };', '}', '');
  lines.push(`export const list${n} = (count: number): Item${n}[] =>`);
  lines.push(`  Array.from({ length: count }, (_, id) => make${n}(id, String(id)));`, '');
  return lines.join('\n');
}

function testOf(n) {
  return `import { make${n} } from './module${n}.js';\n\ntest('makes item ${n}', () => {\n  expect(make${n}(1, 'a').id).toBe(1);\n});\n`;
}
