import { posix } from 'node:path';
import { HilError } from '@hil/contracts';
import { isEcmaScript, languageOf, loadSyntax } from '@hil/knowledge-graph';
import { currentFiles, type EditContext } from '../operations/edit-context.js';
import { refuseTwin } from '../overlay/refuse-twin.js';
import { repositoryPath } from '../overlay/repository-path.js';
import { applyEdits } from '../text/text-edit.js';
import { askTypeScript } from '../typescript/typescript-worker.js';
import { movePythonModule } from './python-move.js';

export interface MoveResult {
  /** Number of rewritten imports, by path before the move. */
  rewritten: { path: string; count: number }[];
  notes: string[];
}

/**
 * Moves a file in the overlay and rewrites the imports of it and in it.
 * @throws HilError `validation_error` when an import could not be kept resolved
 */
export async function moveFile(
  path: string,
  to: string,
  context: EditContext,
): Promise<MoveResult> {
  repositoryPath(to);
  const { overlay, signal } = context;
  if (await overlay.exists(to))
    throw new HilError('validation_error', `${to} exists already. Choose another path to move to.`);
  refuseTwin(
    to,
    currentFiles(context).filter((other) => other !== path),
  );
  const language = languageOf(path);
  if (language && language !== languageOf(to)) {
    throw new HilError(
      'validation_error',
      `${to} would be of another language than ${path}, so its imports can't be kept.`,
    );
  }
  let files: { path: string; edits: readonly { start: number; end: number; text: string }[] }[] =
    [];
  const notes: string[] = [];
  if (language && isEcmaScript(language)) {
    const request = {
      root: overlay.root,
      files: currentFiles(context),
      overrides: [...overlay.overrides()],
    };
    const moved = await askTypeScript({ ...request, task: { kind: 'move', path, to } }, signal);
    files = moved.files;
    notes.push(...moved.notes);
  } else if (language === 'python') {
    const moved = await movePythonModule(path, to, context);
    files = moved.files;
    notes.push(...moved.notes);
  } else if (language === 'java') {
    await refuseJavaMove(path, to, context);
  } else if (language === 'csharp') {
    notes.push(
      'C# finds types by namespace, so no reference changes; the namespace stays as it is.',
    );
  }
  for (const file of files) {
    await overlay.replaceText(file.path, applyEdits(await overlay.read(file.path), file.edits));
  }
  await overlay.move(path, to);
  return { rewritten: files.map((file) => ({ path: file.path, count: file.edits.length })), notes };
}

/** A Java file is found by package and name: only a move to another source root keeps both. */
async function refuseJavaMove(path: string, to: string, context: EditContext): Promise<void> {
  const syntax = await loadSyntax('java');
  const tree = syntax.parse(await context.overlay.read(path));
  try {
    const declared = tree.rootNode.descendantsOfType('package_declaration')[0]?.text ?? '';
    const folder = /package\s+([\w.]+)/.exec(declared)?.[1]?.replaceAll('.', '/') ?? '';
    const same = posix.basename(path) === posix.basename(to);
    if (same && `/${posix.dirname(to)}`.endsWith(`/${folder}`)) return;
    throw new HilError(
      'validation_error',
      `Moving ${path} would change its package or type name. Rename the type, or change the package by hand.`,
    );
  } finally {
    tree.delete();
  }
}
