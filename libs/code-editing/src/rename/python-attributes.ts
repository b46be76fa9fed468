import type { EditCollector } from './edit-collector.js';
import type { PythonImport } from './python-modules.js';
import type { PythonFile, PythonProject } from './python-project.js';
import { pythonNames } from './python-scopes.js';

/** The file that `a.b` means where `a` or `a.b` is imported, also a module below that is not imported itself. */
export function moduleAt(
  project: PythonProject,
  file: PythonFile,
  { file: target, local, module }: PythonImport,
  object: string,
): string | null {
  if (object === local) return target;
  const root = local === module ? (module.split('.')[0] ?? module) : local;
  if (!object.startsWith(`${root}.`) || module.startsWith('.')) return null;
  const base = local === module ? root : module;
  return project.modules.resolve(file.path, `${base}${object.slice(root.length)}`);
}

/** `m.X` for `import m`, `a.b.X` for `import a.b`, wherever the first name still means the import. */
export function renameAttributes(
  file: PythonFile,
  found: PythonImport,
  {
    symbol,
    newName,
    isHome,
  }: { symbol: string; newName: string; isHome: (object: string) => boolean },
  edits: EditCollector,
): void {
  const first = found.local.split('.')[0] ?? '';
  const scopes = new Map(
    pythonNames(file.root, first).map(({ node, scope }) => [node.startIndex, scope]),
  );
  const bound = pythonNames(file.root, first).find(
    ({ node }) => node.startIndex >= found.node.startIndex && node.endIndex <= found.node.endIndex,
  )?.scope;
  for (const node of file.root.descendantsOfType('attribute')) {
    const attribute = node?.childForFieldName('attribute');
    const object = node?.childForFieldName('object');
    if (
      !attribute ||
      !object ||
      attribute.text !== symbol ||
      !isHome(object.text.replace(/\s/g, ''))
    )
      continue;
    const scope = scopes.get(object.startIndex);
    const same =
      typeof scope === 'object' && typeof bound === 'object'
        ? scope.id === bound.id
        : scope === bound;
    if (same) edits.addNode(file.path, attribute, newName);
  }
}
