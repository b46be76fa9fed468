import ts from 'typescript';
import { applyEdits } from '../../text/text-edit.js';
import { moveStrings } from './move-strings.js';
import { RefusedError, type Project } from './project.js';
import type { FileEdits } from './protocol.js';

const MAX_LISTED = 20;

/**
 * The edits of import specifiers and module paths in strings that moving a file needs, in the file itself (under its
 * old path) and in those that import it. Checked: no import that was resolved before may be unresolved after.
 */
export function move(
  project: Project,
  path: string,
  to: string,
): { files: FileEdits[]; notes: string[] } {
  project.sourceFile(path);
  const changes = project.service.getEditsForFileRename(
    project.absolute(path),
    project.absolute(to),
    {},
    {},
  );
  const files: FileEdits[] = [];
  for (const { fileName, textChanges } of changes) {
    const inside = project.relative(fileName);
    if (inside === null) continue;
    const edits = textChanges.map(({ span, newText }) => ({
      start: span.start,
      end: span.start + span.length,
      text: newText,
    }));
    // The service may report the moved file under either name.
    files.push({ path: inside === to ? path : inside, edits });
  }
  const alike = addStrings(project, { from: path, to }, files);
  verify(project, path, to, files);
  return { files, notes: alikeNotes(alike) };
}

/** Adds the edits of strings that name the file without an import; the answer is the places of others. */
function addStrings(
  project: Project,
  moved: { from: string; to: string },
  files: FileEdits[],
): string[] {
  const alike: string[] = [];
  for (const source of project.program().getSourceFiles()) {
    const path = project.relative(source.fileName);
    if (path === null) continue;
    const found = moveStrings(project, source, path, moved);
    alike.push(...found.alike);
    const known = files.find((file) => file.path === path)?.edits ?? [];
    // The service follows `require` in JavaScript itself.
    const edits = found.edits.filter(({ start, end }) =>
      known.every((edit) => edit.end < start || edit.start > end),
    );
    if (edits.length === 0) continue;
    if (known.length > 0) known.push(...edits);
    else files.push({ path, edits });
  }
  return alike.sort();
}

function alikeNotes(alike: readonly string[]): string[] {
  if (alike.length === 0) return [];
  const more = alike.length > MAX_LISTED ? `, and ${alike.length - MAX_LISTED} more` : '';
  return [`Not touched, only alike: ${alike.slice(0, MAX_LISTED).join(', ')}${more}.`];
}

function verify(project: Project, path: string, to: string, files: readonly FileEdits[]): void {
  const touched = new Set([path, ...files.map((file) => file.path)]);
  const before = new Map([...touched].map((file) => [file, unresolved(project, file).length]));
  for (const { path: file, edits } of files) {
    if (file !== path) project.setText(file, applyEdits(project.text(file) ?? '', edits));
  }
  const own = files.find((file) => file.path === path)?.edits ?? [];
  project.moveFile(path, to, applyEdits(project.text(path) ?? '', own));
  for (const file of touched) {
    const now = unresolved(project, file === path ? to : file);
    if (now.length > (before.get(file) ?? 0)) {
      throw new RefusedError(
        `Moving ${path} to ${to} would leave ${now.join(', ')} unresolved in ${file}. Rewrite that import by hand first.`,
      );
    }
  }
}

/** Specifiers of a file that resolve to nothing in the repository. */
function unresolved(project: Project, path: string): string[] {
  const program = project.program();
  const file = program.getSourceFile(project.absolute(path));
  if (!file) return [];
  const checker = program.getTypeChecker();
  const missing: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) && isSpecifier(node) && !checker.getSymbolAtLocation(node))
      missing.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return missing.filter((specifier) => specifier.startsWith('.'));
}

function isSpecifier(node: ts.StringLiteral): boolean {
  const { parent } = node;
  return (
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isExternalModuleReference(parent)
  );
}
