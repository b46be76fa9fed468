import type { SyntaxNode } from '@hil/knowledge-graph';
import { moduleAt } from './python-attributes.js';
import type { PythonFile, PythonProject } from './python-project.js';
import { pythonNames, type PythonName } from './python-scopes.js';

/**
 * What an expression stands for, as far as imports and declarations tell: a module of the repository, something
 * from outside of it, a class, anything else that is no module, or what only running the program would tell.
 */
export type PythonObject =
  | { kind: 'module'; file: string }
  | { kind: 'class'; file: string; name: string }
  | { kind: 'foreign' | 'value' | 'unknown' };

const UNKNOWN: PythonObject = { kind: 'unknown' };
const FOREIGN: PythonObject = { kind: 'foreign' };
const VALUE: PythonObject = { kind: 'value' };
/** Re-exports of re-exports; deeper ones are a cycle or nobody's code. */
const MAX_DEPTH = 8;
const LITERALS = new Set([
  'string',
  'concatenated_string',
  'integer',
  'float',
  'true',
  'false',
  'none',
  'list',
  'dictionary',
  'tuple',
  'set',
  'lambda',
]);

/** Says what an expression in a file stands for. */
export async function objectOf(
  project: PythonProject,
  file: PythonFile,
  node: SyntaxNode,
): Promise<PythonObject> {
  if (LITERALS.has(node.type)) return VALUE;
  if (node.type === 'parenthesized_expression' && node.firstNamedChild)
    return objectOf(project, file, node.firstNamedChild);
  if (node.type === 'subscript') {
    const own = node.text.replace(/\s/g, '') === 'sys.modules[__name__]';
    return own ? { kind: 'module', file: file.path } : UNKNOWN;
  }
  if (node.type === 'call') return calledIn(project, file, node);
  if (node.type !== 'identifier' && node.type !== 'attribute') return UNKNOWN;
  const parts = node.text.replace(/\s/g, '').split('.');
  if (!parts.every((part) => /^\w+$/.test(part))) return UNKNOWN;
  return dotted(project, file, parts, node);
}

/** An object of a known class is a value; what a function returns is not known. */
async function calledIn(
  project: PythonProject,
  file: PythonFile,
  node: SyntaxNode,
): Promise<PythonObject> {
  const called = node.childForFieldName('function');
  if (!called || node.text.startsWith('__import__')) return UNKNOWN;
  const { kind } = await objectOf(project, file, called);
  return kind === 'class' ? VALUE : UNKNOWN;
}

async function dotted(
  project: PythonProject,
  file: PythonFile,
  parts: readonly string[],
  at: SyntaxNode,
): Promise<PythonObject> {
  const first = parts[0] ?? '';
  const names = pythonNames(file.root, first);
  const use = names.find(({ node }) => node.startIndex === at.startIndex);
  const scope = use?.scope ?? 'none';
  const isSame = (other: typeof scope): boolean =>
    typeof scope === 'object' && typeof other === 'object'
      ? scope.id === other.id
      : scope === other;
  const text = parts.join('.');
  let imported = false;
  for (const found of project.modules.importsOf(file.path, file.root)) {
    if (found.local.split('.')[0] !== first && found.local !== '*') continue;
    const bound = names.find(({ node }) => node.startIndex >= found.node.startIndex && node.endIndex <= found.node.endIndex)?.scope; // prettier-ignore
    if (found.local !== '*' && (bound === undefined || !isSame(bound))) continue;
    if (found.imported === null) {
      const module = moduleAt(project, file, found, text);
      if (module !== null) return { kind: 'module', file: module };
    }
    imported ||= found.local !== '*';
  }
  if (imported) return importedName(project, file, parts, 0);
  if (scope === 'none') return isBuiltin(first) ? VALUE : UNKNOWN;
  if (scope === 'module') {
    const found = await declared(project, file, parts, 0);
    if (found.kind !== 'unknown') return found;
  }
  if (/^(?:self|cls)$/.test(first)) return parts.length === 1 ? VALUE : UNKNOWN;
  return assignedTo(project, file, parts, names.filter(({ role, scope: each }) => role === 'name' && isSame(each))); // prettier-ignore
}

/** A name that is bound once, by a plain assignment: a literal, or an object of a known class. */
async function assignedTo(
  project: PythonProject,
  file: PythonFile,
  parts: readonly string[],
  names: readonly PythonName[],
): Promise<PythonObject> {
  if (parts.length !== 1) return UNKNOWN;
  // Whatever else binds it may give it another value: unpacking, a parameter, a loop, a `with`, `+=`.
  const [bound, ...others] = names.filter(({ binds }) => binds);
  const assignment = bound?.node.parent;
  const isPlain =
    assignment?.type === 'assignment' &&
    assignment.childForFieldName('left')?.id === bound?.node.id;
  const value = isPlain ? assignment.childForFieldName('right') : null;
  if (!value || others.length > 0) return UNKNOWN;
  if (LITERALS.has(value.type)) return VALUE;
  return value.type === 'call' ? calledIn(project, file, value) : UNKNOWN;
}

/** A name at the top of a module, with what is behind its dots. */
async function declared(
  project: PythonProject,
  file: PythonFile,
  parts: readonly string[],
  depth: number,
): Promise<PythonObject> {
  const [first = '', ...rest] = parts;
  for (const child of file.root.namedChildren) {
    const node = child?.type === 'decorated_definition' ? child.childForFieldName('definition') : child; // prettier-ignore
    if (node?.childForFieldName('name')?.text !== first) continue;
    if (node.type === 'class_definition')
      return rest.length === 0 ? { kind: 'class', file: file.path, name: first } : VALUE;
    if (node.type === 'function_definition') return VALUE;
  }
  return importedName(project, file, parts, depth);
}

/** What a name that a module imports stands for where it comes from. */
async function importedName(
  project: PythonProject,
  file: PythonFile,
  parts: readonly string[],
  depth: number,
): Promise<PythonObject> {
  const [first = '', ...rest] = parts;
  const imports = project.modules
    .importsOf(file.path, file.root)
    .filter(({ local }) => local.split('.')[0] === first);
  if (imports.length === 0 || depth > MAX_DEPTH) return UNKNOWN;
  if (imports.every((each) => each.file === null)) return FOREIGN;
  for (const found of imports) {
    if (found.file === null) continue;
    if (found.imported === null) {
      // The longest part of the dots that is a module; what is behind it is looked up there.
      for (let end = parts.length; end > 0; end -= 1) {
        const module = moduleAt(project, file, found, parts.slice(0, end).join('.'));
        if (module === null) continue;
        if (end === parts.length) return { kind: 'module', file: module };
        return declared(project, await project.file(module), parts.slice(end), depth + 1);
      }
    } else if (found.imported !== '*') {
      const there = [found.imported.text, ...rest];
      const result = await declared(project, await project.file(found.file), there, depth + 1);
      if (result.kind !== 'unknown') return result;
    }
  }
  return UNKNOWN;
}

const BUILTINS = new Set(
  'object type int str bytes float bool list dict set frozenset tuple Exception ValueError KeyError TypeError OSError RuntimeError'.split(
    ' ',
  ),
);
const isBuiltin = (name: string): boolean => BUILTINS.has(name);
