import { spawnSync } from 'node:child_process';

/** So that git reads no other blobs: a snapshot may lack the largest of them. */
const PATHS = ['*.*js', '*.*jsx', '*.*ts', '*.*tsx', '*.py', '*.java', '*.cs'];
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

/** Commits that are read together: a process of git for each of many files takes longer than all the edits. */
const CHUNK = 30;

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
  const shas = [...spread(all)];
  const found = [];
  let left = skip;
  for (let at = 0; at < shas.length && found.length < wanted; at += CHUNK) {
    const chunk = new Chunk(repository, shas.slice(at, at + CHUNK));
    for (const sha of shas.slice(at, at + CHUNK)) {
      if (found.length === wanted) break;
      const files = chunk.filesOf(sha);
      if (files.length === 0) continue;
      if (left > 0) left -= 1;
      else found.push({ repository, sha, files });
    }
  }
  return found;
}

/** Every 7th first, then those after them, so that a few commits stand for a long time. */
function* spread(list) {
  for (let from = 0; from < 7; from += 1)
    for (let index = from; index < list.length; index += 7) yield list[index];
}

/** Some commits with the files they change and the patches between. */
class Chunk {
  #entries = new Map();
  #texts = new Map();
  #patches = new Map();

  constructor(repository, shas) {
    this.repository = repository;
    this.input = shas.map((sha) => `${sha}\n`).join('');
    for (const line of this.#diffTree('--raw').split('\n')) {
      const entry = /^:\d+ \d+ (\w+) (\w+) (\w)\t(.*)$/.exec(line);
      if (/^[0-9a-f]{40}$/.test(line)) this.#entries.set((this.sha = line), []);
      else if (entry && SOURCE.test(entry[4]))
        this.#entries
          .get(this.sha)
          .push({ path: entry[4], status: entry[3], blobs: [entry[1], entry[2]] });
    }
    const blobs = [...this.#entries.values()].flatMap((entries) =>
      isReasonable(entries) ? entries.flatMap((entry) => entry.blobs) : [],
    );
    this.#texts = textsOf(repository, [...new Set(blobs)].filter(isThere));
  }

  filesOf(sha) {
    const entries = this.#entries.get(sha) ?? [];
    if (!isReasonable(entries)) return [];
    const files = [];
    for (const { path, status, blobs } of entries) {
      const [before, after] = blobs.map((blob) => (isThere(blob) ? this.#texts.get(blob) : null));
      if (before === undefined || after === undefined) continue;
      const hunks = status === 'M' ? this.#hunksOf(blobs, before) : [];
      files.push({ path, status, before, after, hunks });
    }
    return files.some(({ hunks }) => hunks.length > 0) ? files : [];
  }

  /**
   * The hunks of a file as lines `{tag, text}`, with as much context as makes the old lines unique in the file;
   * a hunk that no context makes unique is left out.
   */
  #hunksOf(blobs, whole) {
    for (const context of CONTEXTS) {
      const hunks = parse(this.#patchesWith(context).get(blobs.join('..')) ?? '');
      const unique = hunks.every((hunk) => isUnique(whole, hunk));
      if (unique || context === CONTEXTS.at(-1))
        return hunks.filter((hunk) => hunk.lines.length <= MAX_HUNK && isUnique(whole, hunk));
    }
    return [];
  }

  #patchesWith(context) {
    const known = this.#patches.get(context);
    if (known) return known;
    const patches = this.#diffTree('--patch', `-U${context}`, '--full-index', '--no-color')
      .split(/^diff --git .*\n/m)
      .map((patch) => [/^index (\w+\.\.\w+)/m.exec(patch.split('@@', 1)[0])?.[1], patch]);
    const byBlobs = new Map(patches);
    this.#patches.set(context, byBlobs);
    return byBlobs;
  }

  #diffTree(...options) {
    const args = ['-c', 'core.quotePath=false', 'diff-tree', '--stdin', '-r', '--no-renames'];
    return git(this.repository, [...args, ...options, '--', ...PATHS], this.input).toString('utf8');
  }
}

const isThere = (blob) => !/^0+$/.test(blob);

/** Few source files, one of which is changed rather than made. */
function isReasonable(entries) {
  return entries.length > 0 && entries.length <= 12 && entries.some(({ status }) => status === 'M');
}

/** The texts of blobs; those are missing that are no text of ours to edit: binary, too large, not UTF-8. */
function textsOf(repository, blobs) {
  const texts = new Map();
  const output = git(
    repository,
    ['cat-file', '--batch'],
    blobs.map((blob) => `${blob}\n`).join(''),
  );
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(10, at);
    const [blob, , size] = output.subarray(at, end).toString().split(' ');
    const bytes = output.subarray(end + 1, end + 1 + Number(size));
    at = end + 2 + Number(size);
    if (bytes.length > MAX_FILE || bytes.includes(0)) continue;
    const value = bytes.toString('utf8');
    if (Buffer.from(value).equals(bytes) && !value.startsWith('\ufeff')) texts.set(blob, value);
  }
  return texts;
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
