import { HilError } from '@hil/contracts';
import {
  isEcmaScript,
  loadSyntax,
  type SourceLanguage,
  type SyntaxNode,
} from '@hil/knowledge-graph';
import { applyEdits, type TextEdit } from '../text/text-edit.js';
import { importedNames, type ImportedName } from './import-names.js';

const IMPORTS = [
  'import_statement',
  'import_from_statement',
  'future_import_statement',
  'import_declaration',
  'using_directive',
];

/**
 * Adds an import: merged into one of the same module where that is possible, in its place where the file
 * sorts its imports, otherwise after the last. An import that is there already changes nothing.
 * @throws HilError `validation_error` when the statement is not one import of the language
 */
export async function addImport(
  language: SourceLanguage,
  text: string,
  statement: string,
): Promise<string> {
  const syntax = await loadSyntax(language);
  const wanted = statement.trim();
  const single = syntax.parse(wanted);
  const tree = syntax.parse(text);
  try {
    const parsed = importsOf(single.rootNode);
    if (parsed.length !== 1 || single.rootNode.namedChildCount !== 1 || single.rootNode.hasError) {
      throw new HilError(
        'validation_error',
        `${JSON.stringify(wanted.slice(0, 200))} is not one ${language} import statement.`,
      );
    }
    const existing = importsOf(tree.rootNode);
    if (existing.some((node) => normal(node.text) === normal(wanted))) return text;
    const names = parsed.flatMap((node) => importedNames(language, node));
    const missing = missingNames(
      names,
      existing.flatMap((node) => importedNames(language, node)),
    );
    if (names.length > 0 && missing.length === 0) return text;
    const merged = merge(language, existing, wanted, missing);
    if (merged) return merged.length === 0 ? text : applyEdits(text, merged);
    if (missing.length < names.length) {
      throw new HilError(
        'validation_error',
        `Of ${JSON.stringify(wanted.slice(0, 200))} a part is imported already. Import only ${missing.map(({ local }) => local).join(', ')}.`,
      );
    }
    return insert(text, tree.rootNode, existing, wanted);
  } finally {
    single.delete();
    tree.delete();
  }
}

/**
 * The wanted names that the file has not yet.
 * @throws HilError `validation_error` when the file imports something else under one of them
 */
function missingNames(
  wanted: readonly ImportedName[],
  have: readonly ImportedName[],
): ImportedName[] {
  return wanted.filter(({ local, origin, typeOnly }) => {
    const same = have.filter((other) => other.local === local);
    if (same.some((other) => other.origin === origin && (typeOnly || !other.typeOnly)))
      return false;
    const [other] = same;
    if (other === undefined) return true;
    const why = other.origin === origin ? 'as a type only' : 'from elsewhere';
    throw new HilError(
      'validation_error',
      `${local} is imported ${why} in line ${other.line}. Change that import, or import it under another name.`,
    );
  });
}

function importsOf(root: SyntaxNode): SyntaxNode[] {
  return root.namedChildren.filter(
    (node): node is SyntaxNode => node !== null && IMPORTS.includes(node.type),
  );
}

const normal = (text: string): string =>
  text.replace(/;\s*$/, '').replace(/["']/g, '"').replace(/\s+/g, ' ').trim();

const ES_NAMED = /^import\s+(type\s+)?(?:([\w$]+)\s*,\s*)?\{([^}]*)\}\s*from\s*(["'][^"']+["'])/;
const PY_FROM = /^from\s+(\S+)\s+import\s+\(?([^()*]+?)\)?$/;

interface Named {
  key: string;
  names: string[];
}

function namedOf(language: SourceLanguage, text: string): Named | null {
  const flat = text.replace(/\s+/g, ' ').trim();
  const match = isEcmaScript(language)
    ? ES_NAMED.exec(flat)
    : language === 'python'
      ? PY_FROM.exec(flat)
      : null;
  if (!match || /#|\/\/|\/\*/.test(text)) return null;
  const list = (isEcmaScript(language) ? match[3] : match[2]) ?? '';
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const key = isEcmaScript(language)
    ? `${match[1] ? 'type ' : ''}${normal(match[4] ?? '')}`
    : (match[1] ?? '');
  // A default import in the wanted statement can't be merged by adding names alone.
  return { key, names };
}

/** The edits that add the wanted names to an import of the same module; null when there is none to merge with. */
function merge(
  language: SourceLanguage,
  existing: readonly SyntaxNode[],
  wanted: string,
  lacking: readonly ImportedName[],
): TextEdit[] | null {
  const add = namedOf(language, wanted);
  if (!add || (isEcmaScript(language) && ES_NAMED.exec(wanted.replace(/\s+/g, ' '))?.[2]))
    return null;
  for (const node of existing) {
    const have = namedOf(language, node.text);
    if (have?.key !== add.key) continue;
    const missing = add.names.filter((name) =>
      lacking.some(({ local }) => local === name.split(/\s+/).at(-1)),
    );
    return missing.length > 0 ? [listEdit(node, have.names, missing)] : [];
  }
  return null;
}

/** Puts names into the list of an import, in order when the list is in order. */
function listEdit(node: SyntaxNode, have: readonly string[], missing: readonly string[]): TextEdit {
  const specifiers = node
    .descendantsOfType(['import_specifier'])
    .filter((found): found is SyntaxNode => found !== null);
  const items =
    specifiers.length > 0
      ? specifiers
      : node.childrenForFieldName('name').filter((found): found is SyntaxNode => found !== null);
  const first = items[0];
  const last = items.at(-1);
  if (!first || !last) {
    const brace = node.text.indexOf('{');
    return {
      start: node.startIndex + brace,
      end: node.startIndex + node.text.indexOf('}') + 1,
      text: `{ ${missing.join(', ')} }`,
    };
  }
  const sorted = isSorted(have);
  const all = sorted ? [...have, ...missing].sort(byName) : [...have, ...missing];
  const separator = items[1]
    ? node.text.slice(first.endIndex - node.startIndex, items[1].startIndex - node.startIndex)
    : ', ';
  return { start: first.startIndex, end: last.endIndex, text: all.join(separator) };
}

const byName = (a: string, b: string): number =>
  a.toLowerCase().localeCompare(b.toLowerCase(), 'en');

function isSorted(names: readonly string[]): boolean {
  return names.every((name, index) => index === 0 || byName(names[index - 1] ?? '', name) <= 0);
}

/** The module an import names, by which files sort. */
function moduleOf(text: string): string {
  const quoted = /["']([^"']+)["']/.exec(text)?.[1];
  return (
    quoted ??
    text
      .replace(/^(?:global\s+)?(?:from|import|using)\s+(?:static\s+)?/, '')
      .replace(/[\s;].*$/s, '')
  );
}

function insert(
  text: string,
  root: SyntaxNode,
  existing: readonly SyntaxNode[],
  wanted: string,
): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const last = existing.at(-1);
  if (!last) return insertFirst(text, root, wanted, newline);
  if (/^from\s+__future__/.test(wanted))
    return atLine(text, existing[0]?.startIndex ?? 0, wanted, newline);
  const modules = existing.map((node) => moduleOf(node.text));
  if (existing.length > 1 && isSorted(modules)) {
    const index = modules.findIndex((module) => byName(module, moduleOf(wanted)) > 0);
    const next = existing[index];
    if (next) return atLine(text, next.startIndex, wanted, newline);
  }
  const rest = text.slice(last.endIndex);
  const end = last.endIndex + (/^[^\r\n]*/.exec(rest)?.[0].length ?? 0);
  return `${text.slice(0, end)}${newline}${wanted}${text.slice(end)}`;
}

function atLine(text: string, offset: number, wanted: string, newline: string): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return `${text.slice(0, start)}${wanted}${newline}${text.slice(start)}`;
}

/** The first import of a file: after a shebang, leading comments, a docstring, directives and the package. */
function insertFirst(text: string, root: SyntaxNode, wanted: string, newline: string): string {
  let after: SyntaxNode | null = null;
  for (const node of root.namedChildren) {
    if (!node) continue;
    const isString =
      node.type === 'expression_statement' && /^string$/.test(node.firstNamedChild?.type ?? '');
    if (!/comment|hash_bang_line|package_declaration|extern_alias/.test(node.type) && !isString)
      break;
    after = node;
  }
  if (!after) return text === '' ? `${wanted}${newline}` : `${wanted}${newline}${newline}${text}`;
  const end = after.endIndex + (/^[^\r\n]*/.exec(text.slice(after.endIndex))?.[0].length ?? 0);
  const rest = text.slice(end);
  const gap = /^(?:\r?\n){2}/.test(rest) || rest.trim() === '' ? '' : newline;
  return `${text.slice(0, end)}${newline}${newline}${wanted}${gap}${rest}`;
}
