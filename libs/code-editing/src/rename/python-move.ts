import { posix } from 'node:path';
import { HilError } from '@hil/contracts';
import { loadSyntax, type SyntaxNode } from '@hil/knowledge-graph';
import { currentFiles, type EditContext } from '../operations/edit-context.js';
import { EditCollector } from './edit-collector.js';
import { moveEntryPoints, movePathStrings } from './python-move-strings.js';
import { PythonModules, type PythonImport } from './python-modules.js';
import type { RenamedFile } from './rename-symbol.js';

const moduleStem = (path: string): string => path.replace(/(?:\/__init__)?\.pyi?$/, '');

/**
 * The edits that moving a Python module needs: `import`s and `from` imports of it in every file, the relative imports
 * in itself, its path in `patch("pkg.mod.name")` and their like, and in entry points. Forms that would need more than
 * the import statement changed are refused.
 */
export async function movePythonModule(
  path: string,
  to: string,
  context: EditContext,
): Promise<{ files: RenamedFile[]; notes: string[] }> {
  if (posix.basename(path) === '__init__.py')
    throw refusal(`${path} is a package, not a module. Move its modules one by one.`);
  const files = currentFiles(context).filter((file) => /\.pyi?$/.test(file));
  const modules = new PythonModules(files);
  const syntax = await loadSyntax('python');
  const edits = new EditCollector();
  const stem = posix.basename(moduleStem(path));
  const spelled = (module: string, from: string): string => spelling(module, from, path, to);
  const moved = { path, modules, spelled };
  const others: string[] = [];
  for (const file of files) {
    context.signal.throwIfAborted();
    const text = await context.overlay.tryRead(file).catch(() => null);
    if (text === null || (file !== path && !text.includes(stem))) continue;
    const tree = syntax.parse(text);
    try {
      const imports = modules.importsOf(file, tree.rootNode);
      if (file === path) rewriteOwn(imports, path, to, edits);
      else
        for (const found of imports)
          if (found.file === path) rewriteImport(found, file, path, to, edits);
      others.push(...movePathStrings({ path: file, root: tree.rootNode }, moved, edits));
    } finally {
      tree.delete();
    }
  }
  await moveEntryPoints(context, moved, edits);
  const notes =
    others.length === 0
      ? []
      : [`Not touched, strings that lead to ${path}: ${others.slice(0, 20).join(', ')}.`];
  return { files: edits.files(), notes };
}

const refusal = (message: string): HilError => new HilError('validation_error', message);

/** The dotted name of a file as an import spells it: relative when the old one was, else from the same root. */
function spelling(module: string, from: string, path: string, to: string): string {
  if (module.startsWith('.')) return relativeModule(from, to);
  const old = module.split('.').length;
  const root = moduleStem(path).split('/').slice(0, -old).join('/');
  const stem = moduleStem(to);
  if (root !== '' && !stem.startsWith(`${root}/`))
    throw refusal(
      `${to} is outside of the source root ${root}/ from which ${from} imports ${module}.`,
    );
  return stem.slice(root === '' ? 0 : root.length + 1).replaceAll('/', '.');
}

function relativeModule(from: string, target: string): string {
  const steps = posix.relative(posix.dirname(from), moduleStem(target)).split('/');
  const ups = steps.filter((step) => step === '..').length;
  return `${'.'.repeat(ups + 1)}${steps.filter((step) => step !== '..').join('.')}`;
}

function rewriteImport(
  found: PythonImport,
  file: string,
  path: string,
  to: string,
  edits: EditCollector,
): void {
  const place = `${file}, line ${found.node.startPosition.row + 1}`;
  if (found.imported !== null) {
    const module = found.node.childForFieldName('module_name');
    if (module) edits.addNode(file, module, spelling(found.module, file, path, to));
    return;
  }
  if (found.node.type === 'import_from_statement') {
    rewriteFromPackage(found, file, path, to, edits, place);
    return;
  }
  const aliased = found.local !== found.module;
  if (!aliased)
    throw refusal(
      `${place} has "import ${found.module}", whose uses would all change. Write it as "from ... import ..." first.`,
    );
  const name = found.node
    .childrenForFieldName('name')
    .find((node) => node?.childForFieldName('name')?.text === found.module);
  const dotted = name?.childForFieldName('name');
  if (dotted) edits.addNode(file, dotted, spelling(found.module, file, path, to));
}

/** `from package import module`: only when it imports nothing else and the last name stays. */
function rewriteFromPackage(
  found: PythonImport,
  file: string,
  path: string,
  to: string,
  edits: EditCollector,
  place: string,
): void {
  const names = found.node.childrenForFieldName('name');
  const module: SyntaxNode | null = found.node.childForFieldName('module_name');
  const renamed = posix.basename(moduleStem(path)) !== posix.basename(moduleStem(to));
  if (names.length !== 1 || renamed || !module) {
    throw refusal(
      `${place} imports the module together with other names or under its old name. Split that import first.`,
    );
  }
  const whole = spelling(found.module.replace(/^(\.+)\.(?=\w)/, '$1'), file, path, to);
  const parent = whole.replace(/[^.]+$/, '').replace(/(?<=[^.])\.$/, '');
  edits.addNode(file, module, parent === '' ? '.' : parent);
}

function rewriteOwn(
  imports: readonly PythonImport[],
  path: string,
  to: string,
  edits: EditCollector,
): void {
  const done = new Set<number>();
  for (const found of imports) {
    const module = found.node.childForFieldName('module_name');
    if (
      !module?.text.startsWith('.') ||
      done.has(module.id) ||
      posix.dirname(path) === posix.dirname(to)
    )
      continue;
    done.add(module.id);
    if (!found.file)
      throw refusal(
        `${path} imports ${module.text}, which is not in the repository, so it can't be rewritten.`,
      );
    const dots = /^\.+/.exec(module.text)?.[0].length ?? 1;
    let folder = posix.dirname(path);
    for (let up = 1; up < dots; up += 1) folder = posix.dirname(folder);
    const rest = module.text.slice(dots).replaceAll('.', '/');
    const target = posix.join(folder, rest);
    const steps = posix
      .relative(posix.dirname(to), target)
      .split('/')
      .filter((step) => step !== '');
    const ups = steps.filter((step) => step === '..').length;
    edits.addNode(
      path,
      module,
      `${'.'.repeat(ups + 1)}${steps.filter((step) => step !== '..').join('.')}`,
    );
  }
}
