import type { SyntaxNode } from '@hil/knowledge-graph';
import type { EditContext } from '../operations/edit-context.js';
import { EditCollector } from './edit-collector.js';
import { attributesNamed, shortAttribute } from './nominal-attribute.js';
import { NestedUses, refuseTwins, typesAround } from './nominal-nested.js';
import { isLabel, isMemberName, qualifierOf } from './nominal-positions.js';
import {
  spelled,
  typeDeclarations,
  type NominalFile,
  type NominalProject,
} from './nominal-project.js';
import { refusal, refuseTaken } from './nominal-refusals.js';
import type { RenameRequest, Renaming } from './rename-symbol.js';

/**
 * Renames a type by package or namespace and imports.
 * @throws HilError `validation_error` where a use could mean something else
 */
export async function renameType(
  project: NominalProject,
  file: NominalFile,
  name: string,
  request: RenameRequest,
  context: EditContext,
): Promise<Renaming> {
  const { newName } = request;
  const home = file.namespaces[0] ?? '';
  const [declaration] = typeDeclarations(file, name);
  const outer = declaration ? typesAround(declaration) : [];
  refuseTwins(project, file, name, outer);
  const nested =
    outer.length > 0
      ? new NestedUses(
          project,
          file,
          outer,
          (other) => other.path === file.path || seesType(project, other, home, outer[0] ?? ''),
        )
      : null;
  const short = shortAttribute(project.language, name);
  const newShort = shortAttribute(project.language, newName);
  const edits = new EditCollector();
  for (const other of project.files) {
    const sees = seesType(project, other, home, name) || other.path === file.path;
    const isOwn = (node: SyntaxNode): boolean => {
      const qualifier = qualifierOf(node);
      if (nested) return nested.means(other, node, qualifier);
      return qualifier === null
        ? sees
        : qualifier === home || (isNamespaceTail(home, qualifier) && sees);
    };
    for (const node of spelled(other, name)) {
      if (isLabel(node) || !isOwn(node)) continue;
      if (isMemberName(node)) {
        if (qualifierOf(node) !== null) continue;
        throw refusal(
          `In ${other.path}, line ${node.startPosition.row + 1}, ${name} is also the name of a variable or member, so type and member can't be told apart. Rename that one first.`,
        );
      }
      edits.addNode(other.path, node, newName);
    }
    for (const node of short === null ? [] : attributesNamed(other, short)) {
      if (!isOwn(node)) continue;
      if (newShort === null)
        throw refusal(
          `In ${other.path}, line ${node.startPosition.row + 1}, ${name} is written as [${short}]. Choose a name that ends in Attribute too.`,
        );
      edits.addNode(other.path, node, newShort);
    }
  }
  const files = edits.files();
  refuseTaken(project, files, newName);
  if (short !== null && newShort !== null) refuseTaken(project, files, newShort);
  const move = await javaFileMove(project, file, name, newName, context);
  return { files, notes: [], ...(move && { move }) };
}

/** A public Java type must live in a file of its name, so the file moves with it. */
async function javaFileMove(
  project: NominalProject,
  file: NominalFile,
  name: string,
  newName: string,
  context: EditContext,
): Promise<{ from: string; to: string } | null> {
  if (project.language !== 'java' || !`/${file.path}`.endsWith(`/${name}.java`)) return null;
  const to = `${file.path.slice(0, -`${name}.java`.length)}${newName}.java`;
  if (await context.overlay.exists(to))
    throw refusal(`${to} exists already, so ${name} can't become ${newName}.`);
  return { from: file.path, to };
}

/** True when the simple name means the type of `home` in a file. */
function seesType(project: NominalProject, file: NominalFile, home: string, name: string): boolean {
  if (project.language === 'java') {
    const named = file.imports.find((entry) => entry.endsWith(`.${name}`));
    if (named !== undefined) return named === `${home}.${name}`;
    if (typeDeclarations(file, name).length > 0) return false;
    return (file.namespaces[0] ?? '') === home || file.imports.includes(`${home}.*`);
  }
  if (home === '') return true;
  const within = file.namespaces.some(
    (namespace) => namespace === home || namespace.startsWith(`${home}.`),
  );
  return within || file.imports.includes(home) || project.globals.includes(home);
}

const isNamespaceTail = (home: string, qualifier: string): boolean =>
  home === qualifier || home.endsWith(`.${qualifier}`);
