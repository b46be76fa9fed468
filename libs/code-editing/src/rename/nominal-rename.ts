import { HilError } from '@hil/contracts';
import type { SourceLanguage, SyntaxNode } from '@hil/knowledge-graph';
import type { EditContext } from '../operations/edit-context.js';
import { didYouMeanName } from '../text/near-names.js';
import { wordPattern } from './look-alikes.js';
import {
  methodDeclarations,
  NominalProject,
  spelled,
  typeDeclarations,
  type NominalFile,
  type NominalLanguage,
} from './nominal-project.js';
import { EditCollector } from './python-rename.js';
import type { RenamedFile, RenameRequest } from './rename-symbol.js';

interface Renaming {
  files: RenamedFile[];
  notes: string[];
  /** A file whose name follows the name of the type. */
  move?: { from: string; to: string };
}

/** Methods that every object or the standard library has: their callers can't be told apart by name. */
const STANDARD_METHODS = new Set(
  'toString equals hashCode compareTo close run call get set put add remove size isEmpty contains iterator next hasNext length accept apply test main clone finalize of from valueOf values name ordinal read write flush start stop join wait notify append format parse ToString Equals GetHashCode CompareTo Dispose Add Remove Contains Clear Count Select Where First Any All ToList Get Set Invoke Main Parse Format Join Split Replace Trim Read Write Close'.split(
    ' ',
  ),
);

const refusal = (message: string): HilError => new HilError('validation_error', message);

/**
 * Renames a type of Java or C# by package or namespace and imports, or a method whose name is unique in the
 * project. Anything that needs type inference to be told apart is refused with the reason.
 */
export async function renameJvmOrClr(
  language: SourceLanguage,
  request: RenameRequest,
  context: EditContext,
): Promise<Renaming> {
  if (language !== 'java' && language !== 'csharp')
    throw refusal(`${request.path} can't be renamed in.`);
  const name = request.symbol.split('.').at(-1) ?? '';
  const [old, fresh] = [wordPattern(name), wordPattern(request.newName)];
  const mentions = (text: string): boolean => text.search(old) >= 0 || text.search(fresh) >= 0;
  const project = await NominalProject.open(language, context, mentions);
  try {
    const file = project.files.find(({ path }) => path === request.path);
    if (file && typeDeclarations(file, name).length > 0)
      return await renameType(project, file, name, request, context);
    if (file && methodDeclarations(file, name).length > 0)
      return renameMethod(project, file, name, request);
    if (file && spelled(file, name).length > 0) {
      throw refusal(
        `${request.symbol} in ${request.path} is neither a type nor a method declared there. For ${languageName(language)} only those can be renamed safely.`,
      );
    }
    const near = context.graph.symbols.map((symbol) => symbol.name);
    throw refusal(
      `${request.path} declares no ${request.symbol}.${didYouMeanName(name, new Set(near))}`,
    );
  } finally {
    project.close();
  }
}

const languageName = (language: NominalLanguage): string => (language === 'java' ? 'Java' : 'C#');

async function renameType(
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

function renameMethod(
  project: NominalProject,
  file: NominalFile,
  name: string,
  { newName, symbol }: RenameRequest,
): Renaming {
  if (STANDARD_METHODS.has(name))
    throw refusal(
      `${name} is a method name of the standard library too, so its callers can't be told apart without types.`,
    );
  const all = project.files.flatMap((other) =>
    methodDeclarations(other, name).map((node) => ({ path: other.path, node })),
  );
  const declaration = all[0];
  if (!declaration || all.length > 1) {
    const places = all.map(({ path, node }) => `${path}:${node.startPosition.row + 1}`).slice(0, 5);
    throw refusal(
      `${symbol} is declared ${all.length} times in the project (${places.join(', ')}). Without types its callers can't be told apart, so only methods with a name of their own can be renamed.`,
    );
  }
  if (
    /(?:@Override\b|\boverride\b)/.test(
      declaration.node.text.slice(0, declaration.node.text.indexOf(name)),
    )
  ) {
    throw refusal(
      `${symbol} overrides a method that is not in this repository, so its name can't change.`,
    );
  }
  const arity = parametersOf(declaration.node);
  const edits = new EditCollector();
  for (const other of project.files) {
    for (const node of spelled(other, name)) {
      if (node.parent?.id === declaration.node.id) edits.addNode(other.path, node, newName);
      else if (isCall(node, arity)) edits.addNode(other.path, node, newName);
      else
        throw refusal(
          `In ${other.path}, line ${node.startPosition.row + 1}, ${name} is something other than a call of ${symbol}, so the uses can't be told apart.`,
        );
    }
  }
  const files = edits.files();
  for (const other of project.files) {
    const clash = methodDeclarations(other, newName)[0];
    if (clash && other.path === file.path)
      throw refusal(
        `The name ${newName} is taken in ${other.path}, line ${clash.startPosition.row + 1}. Choose another name.`,
      );
  }
  refuseTaken(project, files, newName);
  return {
    files,
    notes: [
      `${symbol} is the only method of that name in the project, so every call of that name is taken as it.`,
    ],
  };
}

interface Arity {
  least: number;
  most: number;
}

function parametersOf(method: SyntaxNode): Arity {
  const parameters = (method.childForFieldName('parameters')?.namedChildren ?? []).filter((node) =>
    /parameter/.test(node?.type ?? ''),
  );
  const spread = parameters.some(
    (node) => node?.type === 'spread_parameter' || /^\s*params\b/.test(node?.text ?? ''),
  );
  const optional = parameters.filter((node) => /=/.test(node?.text ?? '')).length;
  // An extension method takes its first parameter from the receiver.
  const extension = /^\s*this\b/.test(parameters[0]?.text ?? '') ? 1 : 0;
  const count = parameters.length;
  return {
    least: count - optional - extension - (spread ? 1 : 0),
    most: spread ? Infinity : count,
  };
}

/** A call with a fitting number of arguments, or a reference such as `this::name`. */
function isCall(node: SyntaxNode, { least, most }: Arity): boolean {
  const parent = node.parent;
  if (parent?.type === 'method_reference') return true;
  const java =
    parent?.type === 'method_invocation' && parent.childForFieldName('name')?.id === node.id
      ? parent
      : null;
  const callee =
    parent?.type === 'member_access_expression' || parent?.type === 'member_binding_expression'
      ? parent
      : node;
  const holder =
    java ??
    (callee.parent?.type === 'conditional_access_expression'
      ? callee.parent.parent
      : callee.parent);
  const args =
    holder && (java || holder.type === 'invocation_expression')
      ? holder.childForFieldName('arguments')
      : null;
  if (!args) return false;
  const count = args.namedChildren.filter((child) => child && !/comment/.test(child.type)).length;
  return count >= least && count <= most;
}

/** Any other meaning of the new name in an edited file could capture a reference: refuse. */
function refuseTaken(
  project: NominalProject,
  files: readonly RenamedFile[],
  newName: string,
): void {
  const edited = new Set(files.map(({ path }) => path));
  for (const file of project.files) {
    const clash = edited.has(file.path)
      ? spelled(file, newName)[0]
      : typeDeclarations(file, newName)[0];
    if (clash)
      throw refusal(
        `The name ${newName} is taken in ${file.path}, line ${clash.startPosition.row + 1}. Choose another name.`,
      );
  }
}
