import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { Overlay } from '@hil/code-editing';
import { type Formatter, detectFormatters } from '@hil/test-execution';
import { listed } from '../shared/requirements.js';
import { ownFolders } from '../shared/test-trees-folder.js';
import type { TaskAtHand } from './carry-out-task.js';
import { FormatterRunner } from './formatter-runner.js';

/**
 * Runs the formatter that the repository configures for itself on the files that the task changed, where they
 * were formatted by it before or are new: elsewhere it would change lines that nobody asked for. It is the
 * repository's own code, so it runs in the sandbox, without network, on a copy; of what it leaves only these
 * files are taken. The log says what ran, or why not.
 * @param verbatim the task itself says what the text is to be, so that nothing is formatted
 * @returns whether the overlay has changed
 */
export async function formatEdits(
  at: TaskAtHand,
  overlay: Overlay,
  verbatim: boolean,
): Promise<boolean> {
  const { services, context, worktree } = at;
  const changed = (await overlay.changedFiles()).filter(({ after }) => after !== null);
  const formatters = await detectFormatters(
    worktree.path,
    changed.map(({ path }) => path),
  );
  if (formatters.length === 0) return false;
  if (verbatim) {
    const names = formatters.map(({ tool }) => tool);
    context.log(
      `formatter: ${listed(names)} not run: ${at.task.id} writes what it is told, as it is told`,
    );
    return false;
  }
  const { trees, cache } = await ownFolders(services.config.dataDir);
  const folder = join(trees, context.run.id, randomBytes(6).toString('hex'));
  try {
    const runner = new FormatterRunner(at, { tree: folder, cache });
    const took = [];
    for (const formatter of formatters) took.push(await formatWith(formatter, runner, at, overlay));
    return took.includes(true);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function formatWith(
  formatter: Formatter,
  runner: FormatterRunner,
  { context, task }: TaskAtHand,
  overlay: Overlay,
): Promise<boolean> {
  const { tool, cwd, files, reason } = formatter;
  const paths = files.map((file) => posix.join(cwd, file));
  const say = (what: string, level: 'info' | 'warning' = 'info') =>
    context.log(`formatter: ${what} (${task.id}; ${reason})`, level);
  const after = await runner.run('after', formatter, (tree) =>
    putAll(tree, paths, (path) => overlay.bytesOf(path)),
  );
  if (after.status === 'not_run') {
    say(`${tool} not run: ${after.reason}`, 'warning');
    return false;
  }
  const reformatted = new Map<string, Buffer>();
  for (const [path, bytes] of after.files)
    if (!bytes.equals((await overlay.bytesOf(path)) ?? Buffer.alloc(0)))
      reformatted.set(path, bytes);
  const unformatted = await formattedOtherwise([...reformatted.keys()], formatter, runner, overlay);
  for (const path of unformatted) reformatted.delete(path);
  for (const [path, bytes] of reformatted) await overlay.takeBytes(path, bytes);
  const many = `${paths.length} ${paths.length === 1 ? 'file' : 'files'}`;
  const left = unformatted.length === 0 ? '' : `; left alone, since it was not formatted before: ${listed(unformatted, 5)}`; // prettier-ignore
  say(`${tool} on ${many}, ${reformatted.size} changed by it${left}`);
  return reformatted.size > 0;
}

/** Of the paths those that the formatter would already have changed before the task. */
async function formattedOtherwise(
  paths: readonly string[],
  formatter: Formatter,
  runner: FormatterRunner,
  overlay: Overlay,
): Promise<string[]> {
  const before = new Map<string, Buffer>();
  for (const path of paths) {
    const bytes = await overlay.baseBytesOf(path);
    if (bytes !== null) before.set(path, bytes);
  }
  if (before.size === 0) return [];
  const files = [...before.keys()].map((path) => posix.relative(formatter.cwd, path));
  const result = await runner.run('before', { ...formatter, files }, () => Promise.resolve());
  return [...before]
    .filter(([path, bytes]) => result.status !== 'ran' || !result.files.get(path)?.equals(bytes))
    .map(([path]) => path);
}

/** Writes the changed files into a tree in which nothing of the repository has run yet. */
async function putAll(
  tree: string,
  paths: readonly string[],
  bytesOf: (path: string) => Promise<Buffer | null>,
): Promise<void> {
  for (const path of paths) {
    const bytes = await bytesOf(path);
    if (bytes === null) continue;
    const place = join(tree, path);
    await mkdir(dirname(place), { recursive: true });
    // What stood there may be a link of the repository: it makes way and is not followed.
    await rm(place, { force: true });
    await writeFile(place, bytes, { flag: 'wx' });
  }
}
