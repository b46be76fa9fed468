import { spawnSync } from 'node:child_process';

/** What the matchers are tried on; a change of data files says little about edits of code. */
const SOURCE = /\.(?:[cm]?[jt]sx?|py|java|cs)$/;
const MAX_FILE = 300 * 1024;
const MAX_HUNK = 80;
const CONTEXTS = [3, 6, 12];

function git(repository, args, input) {
  const done = spawnSync('git', ['-C', repository, ...args], {
    input,
    maxBuffer: 1024 * 1024 * 1024,
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' },
  });
  if (done.status !== 0) throw new Error(`git ${args[0]}: ${done.stderr}`);
  return done.stdout;
}

/**
 * Commits of a bare repository that change at least one source file, spread over the latest part of its
 * history, with their files before and after and the hunks between.
 * @param skip how many to leave out first, for commits that nobody has looked at
 */
export function commitsOf(repository, wanted, skip = 0) {
  const all = git(repository, [
    'log',
    '--no-merges',
    '-n',
    String((wanted + skip) * 30),
    '--format=%H',
  ])
    .toString()
    .split('\n')
    .filter(Boolean);
  const found = [];
  let left = skip;
  for (const sha of spread(all)) {
    if (found.length === wanted) break;
    const files = filesOf(repository, sha);
    if (files.length === 0) continue;
    if (left > 0) left -= 1;
    else found.push({ repository, sha, files });
  }
  return found;
}

/** Every 7th first, then those after them, so that a few commits stand for a long time. */
function* spread(list) {
  for (let from = 0; from < 7; from += 1)
    for (let index = from; index < list.length; index += 7) yield list[index];
}

function filesOf(repository, sha) {
  const raw = git(repository, ['diff-tree', '-r', '--no-commit-id', '--no-renames', '-z', sha]);
  const parts = raw.toString().split('\0');
  const entries = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const [, , before, after, status] = parts[index].split(' ');
    entries.push({ path: parts[index + 1], status, blobs: [before, after] });
  }
  const source = entries.filter(({ path }) => SOURCE.test(path));
  if (source.length === 0 || source.length > 12 || !source.some(({ status }) => status === 'M'))
    return [];
  const files = [];
  for (const { path, status, blobs } of source) {
    const [before, after] = blobs.map((blob) =>
      /^0+$/.test(blob) ? null : text(repository, blob),
    );
    if (before === undefined || after === undefined) continue;
    const hunks = status === 'M' ? hunksOf(repository, blobs, before) : [];
    files.push({ path, status, before, after, hunks });
  }
  return files.some(({ hunks }) => hunks.length > 0) ? files : [];
}

/** Undefined for what is no text of ours to edit: binary, too large, not UTF-8. */
function text(repository, blob) {
  const bytes = git(repository, ['cat-file', 'blob', blob]);
  if (bytes.length > MAX_FILE || bytes.includes(0)) return undefined;
  const value = bytes.toString('utf8');
  return Buffer.from(value).equals(bytes) && !value.startsWith('\ufeff') ? value : undefined;
}

/**
 * The hunks of a file as lines `{tag, text}`, with as much context as makes the old lines unique in the file;
 * a hunk that no context makes unique is left out and counted by the caller.
 */
function hunksOf(repository, [before, after], whole) {
  for (const context of CONTEXTS) {
    const patch = git(repository, ['diff', '--no-color', `-U${context}`, before, after]).toString(
      'utf8',
    );
    const hunks = parse(patch);
    const unique = hunks.every((hunk) => isUnique(whole, hunk));
    if (unique || context === CONTEXTS.at(-1))
      return hunks.filter((hunk) => hunk.lines.length <= MAX_HUNK && isUnique(whole, hunk));
  }
  return [];
}

function parse(patch) {
  const hunks = [];
  for (const line of patch.split('\n')) {
    const header = /^@@ -(\d+)/.exec(line);
    if (header) hunks.push({ start: Number(header[1]), lines: [] });
    else if (hunks.length > 0 && /^[ +-]/.test(line))
      hunks.at(-1).lines.push({ tag: line[0], text: line.slice(1) });
  }
  return hunks;
}

function isUnique(whole, { lines }) {
  const old = quoted(lines);
  return old.trim() !== '' && whole.split(old).length === 2;
}

/** The text a hunk quotes from the file, without a last line ending. */
export function quoted(lines) {
  return lines
    .filter(({ tag }) => tag !== '+')
    .map((line) => line.text)
    .join('\n');
}

/** The text it puts there. */
export function renewed(lines) {
  return lines
    .filter(({ tag }) => tag !== '-')
    .map((line) => line.text)
    .join('\n');
}
