import { HilError } from '@hil/contracts';
import type { SyntaxNode } from '@hil/knowledge-graph';
import type { EditCollector } from './edit-collector.js';
import { callAround, isPlain, takesPath } from './python-calls.js';
import { objectOf, type PythonObject } from './python-objects.js';
import type { PythonFile, PythonProject } from './python-project.js';

/** The symbol whose name may stand in strings. */
export interface NamedSymbol {
  /** Its own name: the last part of `Class.member`. */
  name: string;
  newName: string;
  /** Modules from which a module-level name can be had, the declaring one first. */
  homes: readonly string[];
  /** Of a member: the class that declares it. */
  owner?: string;
}

/** A string, or a keyword of `patch.multiple`, that may or may not mean the symbol. */
export interface DoubtfulString {
  path: string;
  /** 1-based. */
  line: number;
  text: string;
}

type Verdict = 'it' | 'other' | 'doubt';

/** `f(object, "name")`: the functions and methods that take a name as their second argument. */
const BY_NAME =
  /^(?:(?:.*\.)?(?:getattr|setattr|hasattr|delattr)|(?:.*\.)?(?:patch\.object|spy|stub))$/;
const NAMES_OF_TYPES = /\.(?:__name__|__qualname__)$/;

/**
 * Renames the symbol where a string names it with certainty: the second argument of `getattr`, `monkeypatch.setattr`,
 * `patch.object` and their like on the module or class that has it, its whole path in `patch("pkg.mod.name")`, and
 * keywords of `patch.multiple`.
 * @returns the strings of which only running the program would tell whether they mean it
 */
export async function renameInStrings(
  project: PythonProject,
  files: readonly PythonFile[],
  symbol: NamedSymbol,
  edits: EditCollector,
): Promise<DoubtfulString[]> {
  const doubts: DoubtfulString[] = [];
  for (const file of files) {
    for (const node of file.root.descendantsOfType('string_content')) {
      if (!node?.text.includes(symbol.name) || edits.has(file.path, node)) continue;
      const verdict = await judge(project, file, node, symbol, edits);
      if (verdict === 'doubt') doubts.push(placeOf(file, node));
    }
    doubts.push(...(await renameKeywords(project, file, symbol, edits)));
  }
  return doubts;
}

function placeOf({ path, text }: PythonFile, node: SyntaxNode): DoubtfulString {
  const line = node.startPosition.row + 1;
  return { path, line, text: (text.split('\n')[line - 1] ?? '').trim().slice(0, 160) };
}

async function judge(
  project: PythonProject,
  file: PythonFile,
  node: SyntaxNode,
  symbol: NamedSymbol,
  edits: EditCollector,
): Promise<Verdict> {
  const { name, newName } = symbol;
  const literal = node.parent;
  if (!literal || !isPlain(literal)) return 'other';
  if (node.text === name) {
    const verdict = await judgeName(project, file, literal, symbol);
    if (verdict === 'it') edits.addNode(file.path, node, newName);
    return verdict;
  }
  const at = await pathEnd(project, file, node.text, symbol);
  if (at === null) return 'other';
  const { called, position } = callAround(literal);
  const certain = called !== null && position === 0 && takesPath(called);
  if (!certain) return literal.parent?.type === 'expression_statement' ? 'other' : 'doubt';
  edits.add(file.path, node.startIndex + at, node.startIndex + at + name.length, newName);
  return 'it';
}

/** A string that is the bare name. */
async function judgeName(
  project: PythonProject,
  file: PythonFile,
  literal: SyntaxNode,
  symbol: NamedSymbol,
): Promise<Verdict> {
  const { called, position, object } = callAround(literal);
  if (called !== null && position === 1 && object && BY_NAME.test(called))
    return verdictOf(await objectOrPath(project, file, object), symbol);
  const { parent } = literal;
  if (parent?.type === 'subscript' && parent.childForFieldName('value')?.id !== literal.id)
    return judgeKey(project, file, parent.childForFieldName('value'), symbol);
  if (parent?.type === 'comparison_operator') {
    const others = parent.namedChildren.filter((each) => each && each.id !== literal.id);
    if (others.some((each) => NAMES_OF_TYPES.test(each?.text ?? ''))) return 'doubt';
  }
  return 'other';
}

/** `globals()["name"]`, `vars(module)["name"]` and `module.__dict__["name"]`. */
async function judgeKey(
  project: PythonProject,
  file: PythonFile,
  value: SyntaxNode | null,
  symbol: NamedSymbol,
): Promise<Verdict> {
  if (value?.text === 'globals()')
    return symbol.owner === undefined && symbol.homes.includes(file.path) ? 'it' : 'other';
  const object =
    value?.type === 'call' && value.childForFieldName('function')?.text === 'vars'
      ? value.childForFieldName('arguments')?.firstNamedChild
      : value?.type === 'attribute' && value.childForFieldName('attribute')?.text === '__dict__'
        ? value.childForFieldName('object')
        : null;
  return object ? verdictOf(await objectOf(project, file, object), symbol) : 'other';
}

/** Whether the name on an object is the symbol. */
function verdictOf(object: PythonObject, { homes, owner }: NamedSymbol): Verdict {
  if (object.kind === 'foreign') return 'other';
  if (object.kind === 'module')
    return owner === undefined && homes.includes(object.file) ? 'it' : 'other';
  // A member is only renamed when no other class has one of its name.
  if (owner !== undefined) return 'it';
  return object.kind === 'unknown' ? 'doubt' : 'other';
}

/** `patch.object("pkg.mod", "name")` takes a path where others take the object. */
async function objectOrPath(
  project: PythonProject,
  file: PythonFile,
  node: SyntaxNode,
): Promise<PythonObject> {
  if (node.type !== 'string') return objectOf(project, file, node);
  const text = node.namedChildren.find((each) => each?.type === 'string_content')?.text ?? '';
  const module = /^[\w.]+$/.test(text) ? project.modules.resolve(file.path, text) : null;
  return module === null ? { kind: 'unknown' } : { kind: 'module', file: module };
}

/** Where the symbol's name begins in a whole path such as `pkg.mod.name` or `pkg.mod:Class.name`; null when it is no such path. */
export async function pathEnd(
  project: PythonProject,
  file: Pick<PythonFile, 'path'>,
  text: string,
  { name, homes, owner }: NamedSymbol,
): Promise<number | null> {
  if (!/^[A-Za-z_][\w.]*(?::[\w.]+)?$/.test(text) || !/[.:]/.test(text)) return null;
  const parts = text.split(/[.:]/);
  for (let end = parts.length - 1; end > 0; end -= 1) {
    const module = project.modules.resolve(file.path, parts.slice(0, end).join('.'));
    if (module === null) continue;
    const index = owner === undefined ? end : parts.lastIndexOf(name);
    const certain = owner === undefined ? homes.includes(module) : index > end;
    if (!certain || parts[index] !== name) return null;
    return parts.slice(0, index).join('.').length + 1;
  }
  return null;
}

/** `patch.multiple(module, name=...)`: renamed, or returned where only running the program would tell. */
async function renameKeywords(
  project: PythonProject,
  file: PythonFile,
  symbol: NamedSymbol,
  edits: EditCollector,
): Promise<DoubtfulString[]> {
  if (!file.text.includes('patch.multiple')) return [];
  const doubts: DoubtfulString[] = [];
  for (const node of file.root.descendantsOfType('keyword_argument')) {
    const keyword = node?.childForFieldName('name');
    const list = node?.parent;
    if (keyword?.text !== symbol.name || !list?.firstNamedChild) continue;
    if (!/(?:^|\.)patch\.multiple$/.test(list.parent?.childForFieldName('function')?.text ?? ''))
      continue;
    const object = await objectOrPath(project, file, list.firstNamedChild);
    const verdict = verdictOf(object, symbol);
    if (verdict === 'it') edits.addNode(file.path, keyword, symbol.newName);
    else if (verdict === 'doubt') doubts.push(placeOf(file, keyword));
  }
  return doubts;
}

/** @throws HilError when there are strings that nobody can tell */
export function refuseDoubtful(
  doubts: readonly DoubtfulString[],
  { name, newName }: Pick<NamedSymbol, 'name' | 'newName'>,
): void {
  if (doubts.length === 0) return;
  const places = doubts.slice(0, 10).map(({ path, line, text }) => `${path}:${line} (${text})`);
  const rest = doubts.length > 10 ? `; and ${doubts.length - 10} more` : '';
  throw new HilError(
    'validation_error',
    `${name} also stands in strings that may mean it, and only running the program would tell: ${places.join('; ')}${rest}. Change those that mean it by hand or with replace, and then rename ${name} to ${newName}, keep strings; that leaves every string that is not certain as it is.`,
  );
}
