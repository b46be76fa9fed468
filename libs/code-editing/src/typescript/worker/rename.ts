import ts from 'typescript';
import { applyEdits, type TextEdit } from '../../text/text-edit.js';
import { findDeclaration } from './declaration.js';
import { RefusedError, type Project } from './project.js';
import type { FileEdits } from './protocol.js';
import { referencesAt } from './references.js';

/** Diagnostics that a wrong rename causes: unknown names, duplicates, captured names. */
const NAME_ERRORS = new Set([
  2300, 2304, 2305, 2306, 2322, 2339, 2345, 2353, 2395, 2451, 2503, 2551, 2552, 2561, 2614, 2678,
  2693, 2724, 2741, 2749, 18004,
]);

/** Files whose types are checked before and after, the declaring one first. */
const MAX_CHECKED_FILES = 25;

/** One place where the name stands; `text` replaces it and the new name begins `lead` units into it. */
interface Place extends TextEdit {
  path: string;
  lead: number;
}

/**
 * The edits that rename the symbol declared in `path`. The result is checked, not trusted: after the edits
 * the same symbol must be found at exactly the edited places, and no file may have new errors about names.
 * Otherwise the new name collides with something, and the rename is refused.
 */
export function rename(
  project: Project,
  path: string,
  symbol: string,
  newName: string,
): { files: FileEdits[]; notes: string[] } {
  const declaration = findDeclaration(project, path, symbol);
  const start = declaration.getStart();
  refuseUnrenamable(project, path, start);
  const { places: found, untyped } = referencesAt(project, path, start, { mode: 'ask', newName });
  const places = found.map(({ before, after, ...place }) => ({
    ...place,
    text: `${before}${newName}${after}`,
    lead: before.length,
  }));
  const files = groupByFile(places);
  // Checking types is the dear part; the references themselves are compared in every file below.
  const checked = files.slice(0, MAX_CHECKED_FILES);
  const errors = new Map(checked.map(({ path: file }) => [file, nameErrors(project, file)]));
  for (const { path: file, edits } of files)
    project.setText(file, applyEdits(project.text(file) ?? '', edits));
  refuseCollisions(project, places, { path, start, newName, untyped });
  for (const { path: file } of checked) {
    const added = newErrors(errors.get(file) ?? [], nameErrors(project, file))[0];
    if (added)
      throw new RefusedError(
        `Renaming to ${newName} breaks ${file}: ${added}. Choose another name.`,
      );
  }
  const name = symbol.split('.').at(-1) ?? symbol;
  const many = untyped === 1 ? '1 place uses' : `${untyped} places use`;
  const notes =
    untyped > 0
      ? [
          `${many} .${name} on an object without a known type; they are renamed too, as nothing else in the repository has a member of that name. Code outside of it may use the old name.`,
        ]
      : [];
  return { files, notes };
}

/** A symbol of a library can't be renamed; a member of an untyped object only looks as if it couldn't. */
function refuseUnrenamable(project: Project, path: string, start: number): void {
  const info = project.service.getRenameInfo(project.absolute(path), start);
  const untyped = /\.(?:[cm]?js|jsx)$/.test(path) && !hasDefinition(project, path, start);
  if (!info.canRename && !untyped)
    throw new RefusedError(`This can't be renamed: ${info.localizedErrorMessage}`);
}

function hasDefinition(project: Project, path: string, start: number): boolean {
  const found = project.service.getDefinitionAtPosition(project.absolute(path), start);
  return (found ?? []).length > 0;
}

function groupByFile(places: readonly Place[]): FileEdits[] {
  const byFile = new Map<string, TextEdit[]>();
  for (const { path, start, end, text } of places) {
    const edits = byFile.get(path) ?? [];
    if (!edits.some((edit) => edit.start === start)) edits.push({ start, end, text });
    byFile.set(path, edits);
  }
  return [...byFile].map(([path, edits]) => ({
    path,
    edits: edits.sort((a, b) => a.start - b.start),
  }));
}

/** Where an old offset of a file stands after the edits. */
function shifted(places: readonly Place[], path: string, offset: number): number {
  let result = offset;
  for (const place of uniquePlaces(places)) {
    if (place.path === path && place.start < offset)
      result += place.text.length - (place.end - place.start);
  }
  return result;
}

function uniquePlaces(places: readonly Place[]): Place[] {
  const seen = new Set<string>();
  return places.filter(({ path, start }) => {
    const key = `${path}\0${start}`;
    return !seen.has(key) && Boolean(seen.add(key));
  });
}

function refuseCollisions(
  project: Project,
  places: readonly Place[],
  at: { path: string; start: number; newName: string; untyped: number },
): void {
  const { places: now } = referencesAt(project, at.path, shifted(places, at.path, at.start), {
    mode: at.untyped > 0 ? 'all' : 'none',
  });
  const found = new Set(now.map(({ path, start }) => `${path}\0${start}`));
  const expected = new Map(
    uniquePlaces(places).map((place) => [
      `${place.path}\0${shifted(places, place.path, place.start) + place.lead}`,
      place,
    ]),
  );
  for (const [key, place] of expected) {
    if (!found.has(key))
      throw collision(project, place.path, Number(key.split('\0')[1]), at.newName);
  }
  for (const key of found) {
    const [path = '', offset = '0'] = key.split('\0');
    if (!expected.has(key)) throw collision(project, path, Number(offset), at.newName);
  }
}

function collision(project: Project, path: string, offset: number, newName: string): RefusedError {
  const text = project.text(path) ?? '';
  const line = text.slice(0, offset).split('\n').length;
  return new RefusedError(
    `The name ${newName} is taken in ${path}, line ${line}: after the rename it would mean something else there. Choose another name.`,
  );
}

function nameErrors(project: Project, path: string): string[] {
  const file = project.absolute(path);
  return [
    ...project.service.getSyntacticDiagnostics(file),
    ...project.service.getSemanticDiagnostics(file),
  ]
    .filter(
      ({ code, category }) =>
        category === ts.DiagnosticCategory.Error && (NAME_ERRORS.has(code) || code < 2000),
    )
    .map(
      ({ messageText, code }) => `${code}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
}

/** Errors that are there more often than before. Messages name the symbol, so they are counted by code. */
function newErrors(before: readonly string[], after: readonly string[]): string[] {
  const code = (message: string): string => message.split(':')[0] ?? '';
  const known = new Map<string, number>();
  for (const message of before) known.set(code(message), (known.get(code(message)) ?? 0) + 1);
  return after
    .filter((message) => {
      const left = known.get(code(message)) ?? 0;
      known.set(code(message), left - 1);
      return left <= 0;
    })
    .map((message) => message.replace(/^\d+: /, ''));
}
