import { posix } from 'node:path';
import ts from 'typescript';
import { lineAt, type TextEdit } from '../../text/text-edit.js';
import type { Project } from './project.js';

/** Functions of test runners and of Node that take a module by its path. */
const MODULE_CALLS = new Set(
  'mock unmock doMock dontMock doUnmock requireActual requireMock importActual importMock setMock require'.split(
    ' ',
  ),
);
const SOURCE_ENDS = ['.ts', '.tsx', '.mts', '.cts', '.d.ts', '.js', '.jsx', '.mjs', '.cjs'];
/** What an ending of JavaScript may stand for in a source. */
const COMPILED_FROM: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.jsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};
const COMPILED_TO: Readonly<Record<string, string>> = {
  '.ts': '.js',
  '.tsx': '.js',
  '.mts': '.mjs',
  '.cts': '.cjs',
};

/** A file that a relative path leads to, and in which way it is written. */
interface Target {
  path: string;
  written: 'whole' | 'compiled' | 'stem' | 'folder';
}

/** What becomes of the strings of one file: edits, and the lines that only look like the moved file. */
interface MovedStrings {
  edits: TextEdit[];
  alike: string[];
}

/**
 * Strings with the relative path of a moved file, which are no imports, and in the moved file those with the path of
 * any other: changed in calls that surely take a module, listed elsewhere.
 */
export function moveStrings(
  project: Project,
  file: ts.SourceFile,
  path: string,
  { from, to }: { from: string; to: string },
): MovedStrings {
  const found: MovedStrings = { edits: [], alike: [] };
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isStringLiteralLike(node) || !/^\.\.?(?:\/|$)/.test(node.text) || isImport(node))
      return;
    const [, written = '', query = ''] = /^([^?#]*)([^]*)$/.exec(node.text) ?? [];
    const target = resolve(project, posix.dirname(path), written);
    if (!target || (path !== from && target.path !== from)) return;
    const moved = target.path === from ? to : target.path;
    const folder = posix.dirname(path === from ? to : path);
    const text = specifier(folder, moved, target, written) + query;
    if (text === node.text) return;
    const [start, end] = [node.getStart(file) + 1, node.getEnd() - 1];
    if (takesModule(node) && file.text.slice(start, end) === node.text)
      found.edits.push({ start, end, text });
    else found.alike.push(`${path}:${lineAt(file.text, start)} '${node.text}'`);
  };
  visit(file);
  return found;
}

function isImport({ parent }: ts.Node): boolean {
  return (
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isExternalModuleReference(parent) ||
    ts.isModuleDeclaration(parent) ||
    (ts.isLiteralTypeNode(parent) && ts.isImportTypeNode(parent.parent)) ||
    (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword)
  );
}

/** The first argument of `jest.mock` and its like, or of `new URL(..., import.meta.url)`. */
function takesModule(node: ts.StringLiteralLike): boolean {
  const { parent } = node;
  if (ts.isCallExpression(parent) && parent.arguments[0] === node) {
    const callee = parent.expression;
    const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
    return ts.isIdentifier(name) && MODULE_CALLS.has(name.text);
  }
  return (
    ts.isNewExpression(parent) &&
    parent.arguments?.[0] === node &&
    parent.expression.getText() === 'URL' &&
    parent.arguments[1]?.getText().replace(/\s+/g, '') === 'import.meta.url'
  );
}

function resolve(project: Project, folder: string, written: string): Target | null {
  const whole = posix.join(folder, written).replace(/\/$/, '');
  const folders = SOURCE_ENDS.map((source): Target => {
    return { path: posix.join(whole, `index${source}`), written: 'folder' };
  });
  if (/(?:^|\/)\.{0,2}$/.test(written))
    return folders.find((target) => project.has(target.path)) ?? null;
  if (project.has(whole)) return { path: whole, written: 'whole' };
  const end = posix.extname(whole);
  const tries: Target[] = [
    ...(COMPILED_FROM[end] ?? []).map((source): Target => {
      return { path: whole.slice(0, -end.length) + source, written: 'compiled' };
    }),
    ...SOURCE_ENDS.map((source): Target => ({ path: whole + source, written: 'stem' })),
    ...folders,
  ];
  return tries.find((target) => project.has(target.path)) ?? null;
}

/** The path of a file as it was written before: with its own ending, that of JavaScript, or none. */
function specifier(folder: string, moved: string, target: Target, before: string): string {
  const end = /(?:\.d)?\.[cm]?[jt]sx?$/.exec(moved)?.[0] ?? '';
  const stem = end === '' ? moved : moved.slice(0, -end.length);
  const sameEnd = target.path.endsWith(end);
  const compiled = sameEnd ? posix.extname(before) : (COMPILED_TO[end] ?? end);
  const path = {
    whole: moved,
    compiled: `${stem}${compiled}`,
    stem,
    folder: posix.basename(stem) === 'index' ? posix.dirname(stem) : stem,
  }[target.written];
  const relative = posix.relative(folder, path) || '.';
  const slash = target.written === 'folder' && before.endsWith('/') && path !== stem ? '/' : '';
  return `${/^\.\.?(?:\/|$)/.test(relative) ? '' : './'}${relative}${slash}`;
}
