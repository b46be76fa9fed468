import ts from 'typescript';
import { findDeclaration } from './declaration.js';
import { RefusedError, type Project } from './project.js';
import { passedOn } from './passed-on.js';
import type { FileEdits } from './protocol.js';

interface Removal {
  files: FileEdits[];
  notes: string[];
}

/**
 * Removes an export that nothing refers to: the whole declaration when the file does not use it either,
 * otherwise, or when its initializer may have effects, only the word `export`.
 */
export function removeUnusedExport(project: Project, path: string, symbol: string): Removal {
  const name = findDeclaration(project, path, symbol);
  const file = project.sourceFile(path);
  const statement = statementOf(name);
  const modifiers =
    statement && ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  const keyword = modifiers.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (!statement || !keyword) {
    throw new RefusedError(
      `${symbol} is not exported where it is declared in ${path}, so there is no export to remove there.`,
    );
  }
  const { inside, outside } = referencesOf(project, path, name);
  if (outside.length > 0) {
    throw new RefusedError(
      `remove unused export ${symbol}: ${outside.length} ${outside.length === 1 ? 'reference' : 'references'} left, in ${shown(outside)}. Remove those first.`,
    );
  }
  const defaultWord = modifiers.find(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
  const warnings = warningsOf(project, path, {
    symbol,
    exported: defaultWord ? 'default' : symbol,
  });
  if (inside === 0 && !hasEffects(statement)) {
    return {
      files: [{ path, edits: [wholeStatement(file, statement)] }],
      notes: [`${symbol} is used nowhere: its declaration is removed.`, ...warnings],
    };
  }
  const end = skipBlanks(file.text, (defaultWord ?? keyword).getEnd());
  const why =
    inside > 0 ? `${path} itself uses ${symbol}` : `the initializer of ${symbol} may have effects`;
  return {
    files: [{ path, edits: [{ start: keyword.getStart(file), end, text: '' }] }],
    notes: [`Only the word export is removed, because ${why}.`, ...warnings],
  };
}

/** Who may reach the export without naming it. None of it keeps the export; the person decides. */
function warningsOf(
  project: Project,
  path: string,
  { symbol, exported }: { symbol: string; exported: string },
): string[] {
  const { barrels, wholes } = passedOn(project, path, exported);
  return [
    ...(barrels.length === 0
      ? []
      : [
          `export * passes ${symbol} on in ${shown(barrels)}: code outside of this repository that imports it from there would lose it.`,
        ]),
    ...(wholes.length === 0
      ? []
      : [
          `${path} is used as a whole in ${shown(wholes)}, which may reach ${symbol} without naming it.`,
        ]),
  ];
}

/** The first five places, and how many more. */
function shown(places: readonly string[]): string {
  const more = places.length > 5 ? `, and ${places.length - 5} more` : '';
  return `${places.slice(0, 5).join(', ')}${more}`;
}

function statementOf(name: ts.Node): ts.Statement | undefined {
  const { parent } = name;
  if (ts.isVariableDeclaration(parent)) {
    const statement = parent.parent.parent;
    if (!ts.isVariableStatement(statement)) return undefined;
    if (statement.declarationList.declarations.length === 1) return statement;
    throw new RefusedError(
      `${name.getText()} is declared together with other names in one statement. Split it first.`,
    );
  }
  return ts.isStatement(parent) && ts.isSourceFile(parent.parent) ? parent : undefined;
}

function referencesOf(
  project: Project,
  path: string,
  name: ts.Node,
): { inside: number; outside: string[] } {
  let inside = 0;
  const outside = new Map<string, string>();
  for (const found of project.service.findReferences(project.absolute(path), name.getStart()) ??
    []) {
    for (const { fileName, textSpan, isDefinition } of found.references) {
      const file = project.relative(fileName);
      if (file === null || (file === path && isDefinition === true)) continue;
      if (file === path) {
        inside += 1;
        continue;
      }
      const line = (project.text(file) ?? '').slice(0, textSpan.start).split('\n').length;
      outside.set(`${file}\0${line}`, `${file}:${line}`);
    }
  }
  return { inside, outside: [...outside.values()] };
}

/** True when evaluating the statement may do something besides defining the name. */
function hasEffects(statement: ts.Statement): boolean {
  if (!ts.isVariableStatement(statement) && !ts.isClassDeclaration(statement)) return false;
  const visit = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node)) return false;
    if (
      ts.isCallExpression(node) ||
      ts.isNewExpression(node) ||
      ts.isAwaitExpression(node) ||
      ts.isTaggedTemplateExpression(node) ||
      ts.isDecorator(node)
    )
      return true;
    return ts.forEachChild(node, visit) ?? false;
  };
  return visit(statement);
}

/** The statement with its own doc comment and the line break after it. */
function wholeStatement(
  file: ts.SourceFile,
  statement: ts.Statement,
): { start: number; end: number; text: string } {
  const { text } = file;
  const comment = ts.getLeadingCommentRanges(text, statement.getFullStart())?.at(-1);
  const attached = comment && !/\n\s*\n/.test(text.slice(comment.end, statement.getStart(file)));
  const start =
    attached && statement.getFullStart() <= comment.pos ? comment.pos : statement.getStart(file);
  const after = /^[ \t]*(?:\r?\n)?(?:[ \t]*\r?\n)?/.exec(text.slice(statement.getEnd()))?.[0] ?? '';
  return { start, end: statement.getEnd() + after.length, text: '' };
}

function skipBlanks(text: string, at: number): number {
  let end = at;
  while (text[end] === ' ' || text[end] === '\t') end += 1;
  return end;
}
