import { HilError } from '@hil/contracts';
import type { SyntaxNode } from '@hil/knowledge-graph';
import type { EditContext } from '../operations/edit-context.js';
import { nearOrDeclared } from '../text/near-names.js';
import { EditCollector } from './edit-collector.js';
import { renameEntryPoints } from './python-entry-points.js';
import { isAnnotation } from './python-annotations.js';
import { moduleAt, renameAttributes } from './python-attributes.js';
import { renamePythonMember } from './python-member-rename.js';
import { PythonProject, type PythonFile } from './python-project.js';
import { bindersBetween, pythonNames } from './python-scopes.js';
import { refuseDoubtful, renameInStrings } from './python-strings.js';
import type { RenamedFile, RenameRequest } from './rename-symbol.js';

/**
 * Renames a module-level name of a Python file: its uses there by scope, in every file that imports it
 * (`from m import X [as Y]`, `import m; m.X`, `from m import *`, and through re-exports), and in the strings that
 * name it with certainty. `Class.member` goes to the rules of members.
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
  { path, symbol, newName, keepStrings }: RenameRequest,
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
  refuseFixture(declared, symbol);
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
  const named = { name: symbol, newName, homes };
  const doubts = await renameInStrings(project, importers, named, edits);
  if (keepStrings !== true) refuseDoubtful(doubts, named);
  await renameEntryPoints(project, named, edits);
  return { files: edits.files(), notes: [] };
}

/** Tests take a fixture by the name of a parameter, in whatever file they are. */
function refuseFixture(file: PythonFile, symbol: string): void {
  const fixture = file.root.descendantsOfType('decorated_definition').find((node) => {
    const name = node?.childForFieldName('definition')?.childForFieldName('name')?.text;
    const decorators = node?.namedChildren.filter((each) => each?.type === 'decorator') ?? [];
    return name === symbol && decorators.some((each) => /^@\s*(?:\w+\.)*fixture\b/.test(each?.text ?? '')); // prettier-ignore
  });
  if (!fixture) return;
  throw new HilError(
    'validation_error',
    `${symbol} in ${file.path}, line ${fixture.startPosition.row + 1}, is a fixture: tests take it by the names of their parameters, which a rename does not reach. Rename it by hand.`,
  );
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
    if (node.text === symbol && (isExportList(node) || isOwnName(node)))
      edits.addNode(file.path, node, newName);
    else if (isAnnotation(node)) renameInAnnotation(file, node, symbol, newName, edits);
  }
}

/** `from m import N as L`: `N` here names something in another module. */
const isAliased = (node: SyntaxNode): boolean => node.parent?.parent?.type === 'aliased_import';

/** What makes a type or type variable that has to be told the name it is assigned to. */
const NAMED_BY_CALL =
  /(?:^|\.)(?:TypeVar|TypeVarTuple|ParamSpec|NewType|NamedTuple|namedtuple|TypedDict|(?:Int|Str)?Enum|(?:Int)?Flag)$/;

/** `V = TypeVar("V")`: a type checker wants the two to be the same. */
function isOwnName(node: SyntaxNode): boolean {
  const call = node.parent?.parent?.parent;
  const assignment = call?.parent;
  return (
    call?.type === 'call' &&
    call.childForFieldName('arguments')?.firstNamedChild?.id === node.parent?.id &&
    NAMED_BY_CALL.test(call.childForFieldName('function')?.text ?? '') &&
    assignment?.type === 'assignment' &&
    assignment.childForFieldName('left')?.text === node.text
  );
}

/** The alias of `from m import X as X`, which is how stubs and typed packages say that they pass X on. */
function sameAlias(imported: SyntaxNode): SyntaxNode | null {
  const alias = imported.parent?.parent?.childForFieldName('alias') ?? null;
  return alias?.text === imported.text ? alias : null;
}

function isExportList(node: SyntaxNode): boolean {
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (parent.type === 'assignment' || parent.type === 'augmented_assignment') {
      return parent.childForFieldName('left')?.text === '__all__';
    }
    // Only a method of the list itself ends it: `list([...])` may stand inside of either.
    const called = parent.type === 'call' ? parent.childForFieldName('function')?.text : undefined;
    if (called !== undefined && /^__all__\s*\./.test(called)) return true;
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
      const bound = isAliased(found.imported) ? sameAlias(found.imported) : found.imported;
      if (bound === null) continue;
      if (!edits.has(file.path, bound)) edits.addNode(file.path, bound, newName);
      offers = renameBound(file, bound, newName, edits) || offers;
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
