import { HilError } from '@hil/contracts';
import { loadSyntax, type SyntaxNode, type SyntaxTree } from '@hil/knowledge-graph';
import { currentFiles, type EditContext } from '../operations/edit-context.js';
import { nearOrDeclared } from '../text/near-names.js';
import type { TextEdit } from '../text/text-edit.js';
import { isAnnotation } from './python-annotations.js';
import { PythonModules, type PythonImport } from './python-modules.js';
import { bindersBetween, pythonNames } from './python-scopes.js';
import { renamePythonMember } from './python-member-rename.js';
import type { RenamedFile, RenameRequest } from './rename-symbol.js';

/** A parsed Python file; trees are freed by {@link PythonProject.close}. */
export interface PythonFile {
  path: string;
  text: string;
  root: SyntaxNode;
}

/** The Python files of a repository that mention a word, parsed on demand. */
export class PythonProject {
  readonly modules: PythonModules;
  private readonly parsed = new Map<string, { file: PythonFile; tree: SyntaxTree }>();

  private constructor(
    readonly context: EditContext,
    readonly paths: readonly string[],
    private readonly parse: (text: string) => SyntaxTree,
  ) {
    this.modules = new PythonModules(paths);
  }

  static async open(context: EditContext): Promise<PythonProject> {
    const syntax = await loadSyntax('python');
    const paths = currentFiles(context).filter((path) => /\.pyi?$/.test(path));
    return new PythonProject(context, paths.sort(), (text) => syntax.parse(text));
  }

  async file(path: string): Promise<PythonFile> {
    const known = this.parsed.get(path);
    if (known) return known.file;
    const text = await this.context.overlay.read(path);
    const tree = this.parse(text);
    const file = { path, text, root: tree.rootNode };
    this.parsed.set(path, { file, tree });
    return file;
  }

  /** Every file for whose text the test holds. */
  async filesWhere(test: (text: string) => boolean): Promise<PythonFile[]> {
    const files: PythonFile[] = [];
    for (const path of this.paths) {
      this.context.signal.throwIfAborted();
      const text = await this.context.overlay.tryRead(path).catch(() => null);
      if (text !== null && test(text)) files.push(await this.file(path));
    }
    return files;
  }

  close(): void {
    for (const { tree } of this.parsed.values()) tree.delete();
  }
}

/** Collects edits by file; the same place is edited once. */
export class EditCollector {
  private readonly byFile = new Map<string, Map<number, TextEdit>>();

  add(path: string, start: number, end: number, text: string): void {
    const edits = this.byFile.get(path) ?? new Map<number, TextEdit>();
    edits.set(start, { start, end, text });
    this.byFile.set(path, edits);
  }

  addNode(path: string, node: SyntaxNode, text: string): void {
    this.add(path, node.startIndex, node.endIndex, text);
  }

  has(path: string, node: SyntaxNode): boolean {
    return this.byFile.get(path)?.has(node.startIndex) ?? false;
  }

  files(): RenamedFile[] {
    return [...this.byFile].map(([path, edits]) => ({
      path,
      edits: [...edits.values()].sort((a, b) => a.start - b.start),
    }));
  }
}

/**
 * Renames a module-level name of a Python file: its uses there by scope, and in every file that imports it
 * (`from m import X [as Y]`, `import m; m.X`, `from m import *`, and through re-exports).
 * `Class.member` goes to the rules of members.
 */
export async function renamePython(
  request: RenameRequest,
  context: EditContext,
): Promise<{ files: RenamedFile[]; notes: string[] }> {
  const project = await PythonProject.open(context);
  try {
    if (request.symbol.includes('.')) return await renamePythonMember(project, request);
    return await renameModuleName(project, request);
  } finally {
    project.close();
  }
}

async function renameModuleName(
  project: PythonProject,
  { path, symbol, newName }: RenameRequest,
): Promise<{ files: RenamedFile[]; notes: string[] }> {
  const declared = await project.file(path);
  const names = pythonNames(declared.root, symbol);
  if (!names.some(({ scope }) => scope === 'module')) throw notDeclared(declared, path, symbol);
  const origin = project.modules
    .importsOf(path, declared.root)
    .find(({ local, imported }) => local === symbol && imported !== null);
  if (origin) {
    const where = origin.file
      ? ` It is declared in ${origin.file}.`
      : ` It comes from ${origin.module}, outside of this repository.`;
    throw new HilError(
      'validation_error',
      `${symbol} is imported in ${path}, not declared there.${where}`,
    );
  }
  const edits = new EditCollector();
  const importers = await project.filesWhere((text) => text.includes(symbol));
  // Modules from which the name can be had, the declaring one first; re-exports join as they are found.
  const homes = [path];
  for (const home of homes) {
    const file = await project.file(home);
    renameInHome(file, symbol, newName, edits);
    for (const other of importers) {
      if (other.path === home && home === path) continue;
      const reexported = renameImports(project, other, home, { symbol, newName }, edits);
      if (reexported && !homes.includes(other.path)) homes.push(other.path);
    }
  }
  return { files: edits.files(), notes: [] };
}

function notDeclared(file: PythonFile, path: string, symbol: string): HilError {
  const members = file.root
    .descendantsOfType(['function_definition', 'class_definition'])
    .flatMap((node) => node?.childForFieldName('name')?.text ?? []);
  const hint = members.includes(symbol)
    ? ` It is a member or local there: say Class.${symbol} for a member.`
    : nearOrDeclared(symbol, new Set(members));
  return new HilError('validation_error', `${path} declares no ${symbol} at module level.${hint}`);
}

/** The name in a module that binds it at module level: uses, `__all__` and quoted annotations. */
function renameInHome(
  file: PythonFile,
  symbol: string,
  newName: string,
  edits: EditCollector,
): void {
  refuseTaken(file, newName);
  for (const { node, role, scope } of pythonNames(file.root, symbol)) {
    if (role !== 'name' || scope !== 'module' || edits.has(file.path, node)) continue;
    if (isAliased(node)) continue;
    refuseShadowed(file, node, newName);
    edits.addNode(file.path, node, newName);
  }
  for (const node of file.root.descendantsOfType('string_content')) {
    if (!node) continue;
    if (node.text === symbol && isExportList(node)) edits.addNode(file.path, node, newName);
    else if (isAnnotation(node)) renameInAnnotation(file, node, symbol, newName, edits);
  }
}

/** `from m import N as L`: `N` here names something in another module. */
const isAliased = (node: SyntaxNode): boolean => node.parent?.parent?.type === 'aliased_import';

function isExportList(node: SyntaxNode): boolean {
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (parent.type === 'assignment' || parent.type === 'augmented_assignment') {
      return parent.childForFieldName('left')?.text === '__all__';
    }
  }
  return false;
}

function renameInAnnotation(
  file: PythonFile,
  node: SyntaxNode,
  symbol: string,
  newName: string,
  edits: EditCollector,
): void {
  for (const found of node.text.matchAll(new RegExp(`(?<![\\w.])${symbol}(?!\\w)`, 'g'))) {
    const start = node.startIndex + found.index;
    edits.add(file.path, start, start + symbol.length, newName);
  }
}

/** Renames what a file takes from `home`; true when the file itself then offers the name to others. */
function renameImports(
  project: PythonProject,
  file: PythonFile,
  home: string,
  { symbol, newName }: { symbol: string; newName: string },
  edits: EditCollector,
): boolean {
  let offers = false;
  for (const found of project.modules.importsOf(file.path, file.root)) {
    if (found.imported === null) {
      const isHome = (object: string): boolean => moduleAt(project, file, found, object) === home;
      renameAttributes(file, found, { symbol, newName, isHome }, edits);
    }
    if (found.file !== home || found.imported === null) continue;
    if (found.imported === '*') {
      offers = renameStarUses(file, symbol, newName, edits) || offers;
    } else if (found.imported.text === symbol) {
      edits.addNode(file.path, found.imported, newName);
      if (isAliased(found.imported)) continue;
      offers = renameBound(file, found.imported, newName, edits) || offers;
    }
  }
  return offers;
}

/** Uses of a name that an import binds; true when it is bound at module level. */
function renameBound(
  file: PythonFile,
  imported: SyntaxNode,
  newName: string,
  edits: EditCollector,
): boolean {
  const names = pythonNames(file.root, imported.text);
  const own = names.find(({ node }) => node.id === imported.id)?.scope;
  if (own === 'module') return true;
  for (const { node, role, scope } of names) {
    const same = typeof scope !== 'string' && typeof own === 'object' && scope.id === own.id;
    if (role !== 'name' || !same || isAliased(node)) continue;
    refuseShadowed(file, node, newName);
    edits.addNode(file.path, node, newName);
  }
  return false;
}

function renameStarUses(
  file: PythonFile,
  symbol: string,
  newName: string,
  edits: EditCollector,
): boolean {
  const names = pythonNames(file.root, symbol);
  if (symbol.startsWith('_') || names.some(({ scope }) => scope === 'module')) return false;
  refuseTaken(file, newName);
  for (const { node, role, scope } of names) {
    if (role !== 'name' || scope !== 'none') continue;
    refuseShadowed(file, node, newName);
    edits.addNode(file.path, node, newName);
  }
  return true;
}

/** The file that `a.b` means where `a` or `a.b` is imported, also a module below that is not imported itself. */
function moduleAt(
  project: PythonProject,
  file: PythonFile,
  { file: target, local, module }: PythonImport,
  object: string,
): string | null {
  if (object === local) return target;
  const root = local === module ? (module.split('.')[0] ?? module) : local;
  if (!object.startsWith(`${root}.`) || module.startsWith('.')) return null;
  const base = local === module ? root : module;
  return project.modules.resolve(file.path, `${base}${object.slice(root.length)}`);
}

/** `m.X` for `import m`, `a.b.X` for `import a.b`, wherever the first name still means the import. */
function renameAttributes(
  file: PythonFile,
  found: PythonImport,
  {
    symbol,
    newName,
    isHome,
  }: { symbol: string; newName: string; isHome: (object: string) => boolean },
  edits: EditCollector,
): void {
  const first = found.local.split('.')[0] ?? '';
  const scopes = new Map(
    pythonNames(file.root, first).map(({ node, scope }) => [node.startIndex, scope]),
  );
  const bound = pythonNames(file.root, first).find(
    ({ node }) => node.startIndex >= found.node.startIndex && node.endIndex <= found.node.endIndex,
  )?.scope;
  for (const node of file.root.descendantsOfType('attribute')) {
    const attribute = node?.childForFieldName('attribute');
    const object = node?.childForFieldName('object');
    if (
      !attribute ||
      !object ||
      attribute.text !== symbol ||
      !isHome(object.text.replace(/\s/g, ''))
    )
      continue;
    const scope = scopes.get(object.startIndex);
    const same =
      typeof scope === 'object' && typeof bound === 'object'
        ? scope.id === bound.id
        : scope === bound;
    if (same) edits.addNode(file.path, attribute, newName);
  }
}

/** The new name must mean nothing at module level yet, not even a builtin that the file uses. */
function refuseTaken(file: PythonFile, newName: string): void {
  const taken = pythonNames(file.root, newName).find(
    ({ role, scope }) => role === 'name' && typeof scope === 'string',
  );
  if (!taken) return;
  throw new HilError(
    'validation_error',
    `The name ${newName} is taken in ${file.path}, line ${taken.node.startPosition.row + 1}. Choose another name.`,
  );
}

function refuseShadowed(file: PythonFile, node: SyntaxNode, newName: string): void {
  if (!file.text.includes(newName) || !bindersBetween(file.root, newName, node)) return;
  throw new HilError(
    'validation_error',
    `In ${file.path}, line ${node.startPosition.row + 1}, ${newName} already means a local name. Choose another name.`,
  );
}
