import type { SyntaxNode } from '@hil/knowledge-graph';
import {
  TYPE_DECLARATIONS,
  typeDeclarations,
  type NominalFile,
  type NominalProject,
} from './nominal-project.js';
import { isMemberName } from './nominal-positions.js';
import { refusal } from './nominal-refusals.js';

const TYPES = new Set(TYPE_DECLARATIONS);

/** Parts of a declaration that stand outside of the scope of its members. */
const HEAD =
  /^(?:superclass|super_interfaces|extends_interfaces|base_list|modifiers|attribute_list|type_parameters|type_parameter_list|type_parameter_constraints_clause)$/;

/** The names of the types around a declaration, outermost first. */
export function typesAround(node: SyntaxNode): string[] {
  const names: string[] = [];
  for (let at = node.parent; at; at = at.parent)
    if (TYPES.has(at.type)) names.unshift(at.childForFieldName('name')?.text ?? '');
  return names;
}

/** Whether uses mean a nested type, by the file and the types around them. */
export class NestedUses {
  /** @param outer the names of the types around the declaration, outermost first */
  constructor(
    private readonly project: NominalProject,
    private readonly file: NominalFile,
    private readonly outer: readonly string[],
    /** Whether the simple name of the outermost type means it in a file. */
    private readonly seesOuter: (file: NominalFile) => boolean,
  ) {}

  private get home(): string {
    return this.file.namespaces[0] ?? '';
  }

  /** @throws HilError `validation_error` where inheritance could give the name another meaning */
  means(other: NominalFile, node: SyntaxNode, qualifier: string | null): boolean {
    const { outer } = this;
    const nearest = outer.at(-1) ?? '';
    if (qualifier === null) return this.isSeen(other, node, [...outer, node.text]);
    const home = this.home === '' ? [] : this.home.split('.');
    const full = [...home, ...outer];
    const segments = qualifier.split('.');
    const start = full.length - segments.length;
    if (start < 0 || segments.some((segment, index) => segment !== full[start + index])) {
      const last = segments.at(-1) ?? '';
      // `Sub.Name` is the inherited type.
      if (last !== nearest && this.project.heritage.descendants(nearest).has(last))
        throw this.doubt(other, node, `stands behind ${last}, which may inherit it`);
      return false;
    }
    if (start < home.length)
      return start === 0 || (this.project.language === 'csharp' && this.seesOuter(other));
    const first = outer.slice(0, start - home.length + 1);
    if (!this.isSeen(other, node, first)) return false;
    const member = other.root
      .descendantsOfType('identifier')
      .find((at) => at?.text === first.at(-1) && isMemberName(at));
    if (member)
      throw this.doubt(
        other,
        node,
        `stands behind ${member.text}, which is also the name of a variable or member`,
      );
    return true;
  }

  /** True when the simple name of the last type of a chain means it at a node. */
  private isSeen(other: NominalFile, node: SyntaxNode, chain: readonly string[]): boolean {
    if (chain.length === 1) return this.seesOuter(other);
    const outer = chain.slice(0, -1);
    const nearest = outer.at(-1) ?? '';
    let inherits: string | null = null;
    for (let at: SyntaxNode | null = node, below = node; at; below = at, at = at.parent) {
      const isType = TYPES.has(at.type);
      if (!isType && !(at.type === 'object_creation_expression' && below.type === 'class_body'))
        continue;
      if (isType && HEAD.test(below.type)) continue;
      const name = isType
        ? (at.childForFieldName('name')?.text ?? '')
        : lastName(at.childForFieldName('type')?.text ?? '');
      if (isType && name === nearest && this.isOuter(other, at, outer)) return true;
      const bases = isType ? this.project.heritage.basesOf(name) : new Set([name]);
      // The base by its own name: whether it is ours is seen like any other use of that name.
      if (bases.has(nearest) && this.isSeen(other, at, outer)) return true;
      if ([...bases].some((base) => this.project.heritage.descendants(nearest).has(base)))
        inherits ??= name;
    }
    if (inherits !== null)
      throw this.doubt(other, node, `stands in ${inherits}, which may inherit it`);
    const prefix = [this.home, ...outer].filter((part) => part !== '').join('.');
    const name = chain.at(-1) ?? '';
    if (this.project.language === 'csharp')
      return other.imports.includes(prefix) && /\busing\s+static\b/.test(other.text);
    const named = other.imports.find((entry) => entry.endsWith(`.${name}`));
    if (named !== undefined) return named === `${prefix}.${name}`;
    if (other.imports.includes(`${prefix}.*`)) return true;
    // `outside.new Name()` takes the name from the type of the object.
    const creation = node.parent;
    if (
      creation?.type === 'object_creation_expression' &&
      creation.firstNamedChild?.id !== node.id &&
      creation.childForFieldName('type')?.id === node.id
    )
      throw this.doubt(other, node, 'belongs to an object whose type is not known');
    return false;
  }

  /** The declaration is the outer type itself, or another part of it. */
  private isOuter(other: NominalFile, node: SyntaxNode, outer: readonly string[]): boolean {
    const path = [...typesAround(node), node.childForFieldName('name')?.text ?? ''];
    return (
      path.join('.') === outer.join('.') &&
      (other.path === this.file.path ||
        (this.project.language === 'csharp' && (other.namespaces[0] ?? '') === this.home))
    );
  }

  private doubt(other: NominalFile, node: SyntaxNode, why: string): Error {
    return refusal(
      `In ${other.path}, line ${node.startPosition.row + 1}, ${node.text} ${why}, so the uses of ${this.outer.join('.')}.${node.text} can't be told apart.`,
    );
  }
}

const lastName = (type: string): string => /(\w+)\s*(?:<[\s\S]*>)?\s*$/.exec(type)?.[1] ?? type;

/**
 * A second type of the name in the same package or namespace, or anywhere for a nested one, is told apart by nothing.
 * @throws HilError `validation_error` with its place
 */
export function refuseTwins(
  project: NominalProject,
  file: NominalFile,
  name: string,
  outer: readonly string[],
): void {
  const home = file.namespaces[0] ?? '';
  for (const other of project.files) {
    const same =
      other.path === file.path ||
      (project.language === 'csharp' && (other.namespaces[0] ?? '') === home);
    for (const node of typeDeclarations(other, name)) {
      const alike = same && typesAround(node).join('.') === outer.join('.');
      if (alike || (!same && outer.length === 0)) continue;
      throw refusal(
        `${name} is declared in ${other.path}, line ${node.startPosition.row + 1}, too, so the uses of ${[...outer, name].join('.')} can't be told apart by name.`,
      );
    }
  }
}
