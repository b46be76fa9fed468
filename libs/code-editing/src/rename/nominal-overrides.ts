import type { SyntaxNode } from '@hil/knowledge-graph';
import { TYPE_DECLARATIONS, type NominalFile, type NominalProject } from './nominal-project.js';
import { withoutArguments } from './nominal-positions.js';
import { refusal } from './nominal-refusals.js';

const TYPES = new Set(TYPE_DECLARATIONS);

/** Bases of the standard libraries with the methods that a type may have because of them. */
const KNOWN_BASES: Readonly<Record<NominalProject['language'], ReadonlyMap<string, string>>> = {
  java: new Map([
    ['Object', 'clone equals finalize getClass hashCode notify notifyAll toString wait'],
    ['Serializable', 'readObject writeObject readResolve writeReplace readObjectNoData'],
    ['Cloneable', 'clone'],
    ['Comparable', 'compareTo'],
    ['Runnable', 'run'],
    ['Callable', 'call'],
    ['AutoCloseable', 'close'],
    ['Closeable', 'close'],
    ['Iterable', 'iterator forEach spliterator'],
    ['Supplier', 'get'],
  ]),
  csharp: new Map([
    ['object', 'Equals GetHashCode GetType MemberwiseClone ReferenceEquals ToString'],
    ['IDisposable', 'Dispose'],
    ['IAsyncDisposable', 'DisposeAsync'],
    ['ICloneable', 'Clone'],
    ['IComparable', 'CompareTo'],
    ['IEquatable', 'Equals'],
    ['IEnumerable', 'GetEnumerator'],
  ]),
};

/** The names of both methods and where the one is declared. */
interface MethodRename {
  path: string;
  node: SyntaxNode;
  name: string;
  newName: string;
}

/** The method may be the one that a library calls by its name, or the new one may become so. */
function refuseLibraryBases(
  project: NominalProject,
  { path, node, name, newName }: MethodRename,
  family: ReadonlySet<string>,
): void {
  for (const type of family) {
    if (project.heritage.isDeclared(type)) continue;
    const methods = KNOWN_BASES[project.language].get(type)?.split(' ');
    if (methods && !methods.includes(name) && !methods.includes(newName)) continue;
    throw refusal(
      `${name} in ${path}, line ${node.startPosition.row + 1}, belongs to a type with the base ${type}, which is not in this repository and may ask for a method of that name or of the name ${newName}.`,
    );
  }
}

/**
 * A rename may neither break nor make an override.
 * @param overlaps whether a method of the new name can be called like the renamed one
 * @throws HilError `validation_error` where a related type has a member of the new name, or a base is unknown
 */
export function refuseOverrides(
  project: NominalProject,
  method: MethodRename,
  overlaps: (other: SyntaxNode) => boolean,
): void {
  const { node, newName } = method;
  const java = project.language === 'java';
  const modifiers = modifiersOf(node);
  const owner = ownerOf(node);
  if (owner === null || modifiers.has('private')) return;
  const family = project.heritage.family(owner);
  const isPublic =
    modifiers.has('public') ||
    (java && modifiers.has('protected')) ||
    inInterface(node) ||
    // An explicit implementation, `void IJob.Run()`.
    node.descendantsOfType('explicit_interface_specifier').length > 0;
  if (isPublic && !modifiers.has('static')) refuseLibraryBases(project, method, family);
  for (const file of project.files) {
    const clash = membersOf(file, newName).find(
      (member) =>
        family.has(ownerOf(member) ?? '') &&
        (member.type !== 'method_declaration' || overlaps(member)),
    );
    if (clash)
      throw refusal(
        `${ownerOf(clash) ?? ''} in ${file.path}, line ${clash.startPosition.row + 1}, is related to ${owner} and has a member ${newName}, so one would override or hide the other. Choose another name.`,
      );
  }
}

function membersOf(file: NominalFile, name: string): SyntaxNode[] {
  const types = ['method_declaration', 'property_declaration', 'event_declaration'];
  return file.root
    .descendantsOfType(types)
    .flatMap((node) => (node?.childForFieldName('name')?.text === name ? [node] : []));
}

function modifiersOf(method: SyntaxNode): ReadonlySet<string> {
  const texts = method.children.flatMap((child) =>
    child && /^modifiers?$/.test(child.type) ? child.text.split(/\s+/) : [],
  );
  return new Set(texts);
}

function inInterface(method: SyntaxNode): boolean {
  return /^(?:interface|annotation_type)_declaration$/.test(method.parent?.parent?.type ?? '');
}

/** The type that has a member: its simple name, or that of the base of an anonymous class. */
function ownerOf(member: SyntaxNode): string | null {
  for (let at = member.parent, below = member; at; below = at, at = at.parent) {
    if (TYPES.has(at.type)) return at.childForFieldName('name')?.text ?? null;
    if (at.type === 'object_creation_expression' && below.type === 'class_body') {
      const type = withoutArguments(at.childForFieldName('type')?.text ?? '');
      return type.split('.').at(-1)?.trim() ?? null;
    }
  }
  return null;
}
