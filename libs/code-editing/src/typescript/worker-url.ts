import { mkdtemp, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

let compiled: Promise<string> | undefined;

/**
 * Where the code of a thread is: `main` answers what reaches across a project, `syntax` judges single texts. In a build it lies beside this file; when this file runs from its TypeScript
 * source (tests), a thread can't load `.ts`, so the few modules of the worker are transpiled once.
 */
export async function workerUrl(entry: 'main' | 'syntax'): Promise<URL> {
  const here = import.meta.url;
  if (!here.endsWith('.ts')) return new URL(`./worker/${entry}.js`, here);
  compiled ??= transpile(dirname(dirname(fileURLToPath(here))));
  return pathToFileURL(join(await compiled, `${entry}.js`));
}

/** @returns the folder of the entries */
async function transpile(source: string): Promise<string> {
  const { default: ts } = await import('typescript');
  const target = await mkdtemp(join(tmpdir(), 'hil-worker-'));
  process.once('exit', () => rmSync(target, { recursive: true, force: true }));
  for (const folder of ['typescript/worker', 'text']) {
    await mkdir(join(target, folder), { recursive: true });
    for (const name of await readdir(join(source, folder))) {
      if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
      const text = await readFile(join(source, folder, name), 'utf8');
      const options = {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2022,
        verbatimModuleSyntax: true,
      };
      const { outputText } = ts.transpileModule(text, { compilerOptions: options });
      await writeFile(join(target, folder, name.replace(/\.ts$/, '.js')), outputText);
    }
  }
  await writeFile(join(target, 'package.json'), '{"type":"module"}');
  await mkdir(join(target, 'node_modules'));
  const library = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  await symlink(library, join(target, 'node_modules/typescript'));
  return join(target, 'typescript/worker');
}
