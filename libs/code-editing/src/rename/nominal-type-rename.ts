import type { SyntaxNode } from '@hil/knowledge-graph';
import type { EditContext } from '../operations/edit-context.js';
import { EditCollector } from './edit-collector.js';
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
  const nested = typeDeclarations(file, name).some((node) => isNested(node));
  const elsewhere = project.files.filter(
    (other) =>
      typeDeclarations(other, name).length > 0 &&
      !(
        other.namespaces[0] === home &&
        (project.language === 'csharp' || other.path === file.path)
      ),
  );
  if (nested && elsewhere.length > 0)
    throw refusal(
      `${name} is a nested type and declared in ${elsewhere[0]?.path ?? 'another file'} too, so its uses can't be told apart by name.`,
    );
  const edits = new EditCollector();
  for (const other of project.files) {
    const sees = nested || seesType(project, other, home, name) || other.path === file.path;
    for (const node of spelled(other, name)) {
      const qualifier = qualifierOf(node);
      const own =
        qualifier === null
          ? sees
          : qualifier === home || (nested && sees) || (isNamespaceTail(home, qualifier) && sees);
      if (!own) continue;
      if (isMemberName(node)) {
        if (qualifier !== null) continue;
        throw refusal(
          `In ${other.path}, line ${node.startPosition.row + 1}, ${name} is also the name of a variable or member, so type and member can't be told apart. Rename that one first.`,
        );
      }
      edits.addNode(other.path, node, newName);
    }
  }
  const files = edits.files();
  refuseTaken(project, files, newName);
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

function isNested(node: SyntaxNode): boolean {
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (
      /^(?:class|interface|enum|record|struct)_body$|^declaration_list$/.test(parent.type) &&
      !/namespace_declaration$/.test(parent.parent?.type ?? '')
    )
      return true;
  }
  return false;
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

/** The text before the dot of a qualified name, or null. */
function qualifierOf(node: SyntaxNode): string | null {
  const { parent } = node;
  if (
    !parent ||
    !/^(?:scoped_identifier|scoped_type_identifier|qualified_name|member_access_expression|field_access|alias_qualified_name)$/.test(
      parent.type,
    )
  )
    return null;
  const first = parent.firstNamedChild;
  return first && first.id !== node.id
    ? first.text.replace(/\s+/g, '').replace(/^global::/, '')
    : null;
}

const isNamespaceTail = (home: string, qualifier: string): boolean =>
  home === qualifier || home.endsWith(`.${qualifier}`);

/** The node names a variable, parameter, field, property, method or label rather than a type. */
function isMemberName(node: SyntaxNode): boolean {
  const { parent } = node;
  if (!parent) return false;
  const named = parent.childForFieldName('name')?.id === node.id;
  if (
    /^(?:variable_declarator|formal_parameter|parameter|property_declaration|method_declaration|method_invocation|enum_constant|enum_member_declaration|catch_formal_parameter|type_parameter|event_declaration)$/.test(
      parent.type,
    )
  )
    return named || parent.type === 'type_parameter';
  return (
    (parent.type === 'invocation_expression' &&
      parent.childForFieldName('function')?.id === node.id) ||
    parent.type === 'inferred_parameters'
  );
}
