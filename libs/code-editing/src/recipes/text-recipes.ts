import picomatch from 'picomatch';
import { currentFiles, type EditContext } from '../operations/edit-context.js';
import { occurrences } from '../operations/matching.js';
import { lineEndingOf, withLineEnding } from '../overlay/text-file.js';
import { applyEdits } from '../text/text-edit.js';
import { isManifest, lockFiles, requireVersion, versionPlaces } from './bump.js';
import { existing, invalid, lineCount, many, type Of, type Outcome } from './outcome.js';
import { setValue } from './set-value.js';

const IS_GLOB = /[*?{}[\]!]/;

/** The files a path or glob names: an existing path is itself, whatever characters it has. */
async function targets(target: string, context: EditContext): Promise<string[]> {
  const files = currentFiles(context).sort();
  if (files.includes(target)) return [target];
  if (!IS_GLOB.test(target)) {
    const inside = files.filter((path) => path.startsWith(`${target.replace(/\/$/, '')}/`));
    return inside.length > 0 ? inside : [await existing(target, context)];
  }
  const matches = picomatch(target, { dot: true });
  const found = files.filter((path) => matches(path));
  if (found.length === 0) throw invalid(`No file of the repository matches ${target}.`);
  return found;
}

export async function replace(
  { search, replacement, target }: Of<'replace'>,
  context: EditContext,
): Promise<Outcome> {
  const changes: string[] = [];
  let total = 0;
  const paths = await targets(target, context);
  const unread: string[] = [];
  for (const path of paths) {
    context.signal.throwIfAborted();
    // Among many, a picture or a link is no reason to refuse the others.
    const text = await context.overlay.read(path).catch((error: unknown) => {
      if (paths.length === 1) throw error;
      return null;
    });
    if (text === null) {
      unread.push(path);
      continue;
    }
    const ending = lineEndingOf(text);
    const wanted = withLineEnding(search, ending);
    const found = occurrences(text, wanted);
    if (found.length === 0) continue;
    const edits = found.map((start) => ({
      start,
      end: start + wanted.length,
      text: withLineEnding(replacement, ending),
    }));
    await context.overlay.replaceText(path, applyEdits(text, edits));
    total += found.length;
    changes.push(`${path}: ${many(found.length, 'replacement')}.`);
  }
  if (total === 0)
    throw invalid(
      `${JSON.stringify(search)} is not in ${paths.length === 1 ? paths[0] : `any of the ${paths.length} files of ${target}`}. The text must match exactly, also in case.`,
    );
  const summary = `Replace ${JSON.stringify(search)} with ${JSON.stringify(replacement)}: ${many(total, 'place')} in ${many(changes.length, 'file')}.`;
  return { changes: [summary, ...changes], notes: unreadNotes(unread) };
}

function unreadNotes(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const more = paths.length > 5 ? `, and ${paths.length - 5} more` : '';
  return [
    `Not looked into, being binary, a link or too large: ${paths.slice(0, 5).join(', ')}${more}.`,
  ];
}

export async function set({ key, value, path }: Of<'set'>, context: EditContext): Promise<Outcome> {
  const file = await existing(path, context);
  const { text, before } = setValue(file, await context.overlay.read(file), key, value);
  await context.overlay.replaceText(file, text);
  const was = before === undefined ? 'which was not set' : `which was ${before.slice(0, 200)}`;
  return { changes: [`Set ${key.join('.')} in ${file} to ${JSON.stringify(value)}, ${was}.`] };
}

export async function bump(
  { package: name, version }: Of<'bump'>,
  context: EditContext,
): Promise<Outcome> {
  requireVersion(version);
  const changes: string[] = [];
  const files = currentFiles(context).sort();
  for (const path of files.filter(isManifest)) {
    const text = await context.overlay.tryRead(path);
    const places = text === null ? [] : versionPlaces(path, text, name, version);
    if (text === null || places.length === 0) continue;
    await context.overlay.replaceText(path, applyEdits(text, places));
    const from = [...new Set(places.map(({ before }) => before))].join(', ');
    changes.push(`Bump ${name} in ${path} from ${from} to ${places[0]?.text ?? version}.`);
  }
  if (changes.length === 0)
    throw invalid(
      `No manifest of the repository gives a version of ${name} (package.json, requirements*.txt, pyproject.toml, pom.xml, .csproj were searched).`,
    );
  const locks = lockFiles(files);
  const notes = locks.length > 0 ? [`Lock files are not updated: ${locks.join(', ')}.`] : [];
  return { changes, notes };
}

export async function append(
  { path, content }: Of<'append'>,
  context: EditContext,
): Promise<Outcome> {
  const file = await existing(path, context);
  const text = await context.overlay.read(file);
  const ending = lineEndingOf(text);
  const head = text === '' || text.endsWith('\n') ? text : `${text}${ending}`;
  await context.overlay.replaceText(file, head + withLineEnding(content, ending));
  return { changes: [`Append ${many(lineCount(content), 'line')} to ${file}.`] };
}
