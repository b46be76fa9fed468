import type { SyntaxNode } from '@hil/knowledge-graph';

/** What one occurrence of a name in Python source is. */
export type PythonRole = 'name' | 'attribute' | 'keyword' | 'import';

export interface PythonName {
  node: SyntaxNode;
  role: PythonRole;
  /** The scope that binds it: a node, `module`, or `none` when nothing in the file does. */
  scope: SyntaxNode | 'module' | 'none';
  /** True where the name gets its value, or may. */
  binds: boolean;
}

const SCOPES = new Set([
  'function_definition',
  'lambda',
  'class_definition',
  'list_comprehension',
  'set_comprehension',
  'dictionary_comprehension',
  'generator_expression',
]);
const PATTERNS = new Set([
  'pattern_list',
  'tuple_pattern',
  'list_pattern',
  'list_splat_pattern',
  'dictionary_splat_pattern',
  'parenthesized_expression',
  'expression_list',
  'tuple',
  'list',
  'list_splat',
]);

const isField = (parent: SyntaxNode, field: string, child: SyntaxNode): boolean =>
  parent.childrenForFieldName(field).some((node) => node?.id === child.id);

/** The nearest node in whose scope an expression is evaluated; null is the module. */
function scopeAround(node: SyntaxNode): SyntaxNode | null {
  let child = node;
  for (let parent = node.parent; parent; child = parent, parent = parent.parent) {
    if (SCOPES.has(parent.type) && isInside(parent, child, node)) return parent;
  }
  return null;
}

/** Names, defaults, annotations, bases and the first iterable of a comprehension belong outside. */
function isInside(scope: SyntaxNode, child: SyntaxNode, node: SyntaxNode): boolean {
  if (scope.type === 'class_definition') return isField(scope, 'body', child);
  if (scope.type === 'function_definition' || scope.type === 'lambda') {
    if (isField(scope, 'body', child)) return true;
    return isField(scope, 'parameters', child) && isParameterName(node);
  }
  const first = scope.namedChildren.find((part) => part?.type === 'for_in_clause');
  const iterable = first?.childForFieldName('right');
  return !(
    iterable &&
    node.startIndex >= iterable.startIndex &&
    node.endIndex <= iterable.endIndex
  );
}

function isParameterName(node: SyntaxNode): boolean {
  let at = node;
  let parent = at.parent;
  while (
    parent &&
    (parent.type === 'list_splat_pattern' ||
      parent.type === 'dictionary_splat_pattern' ||
      parent.type === 'tuple_pattern')
  ) {
    at = parent;
    parent = parent.parent;
  }
  if (!parent) return false;
  if (parent.type === 'parameters' || parent.type === 'lambda_parameters') return true;
  if (parent.type === 'typed_parameter') return parent.firstNamedChild?.id === at.id;
  return (
    (parent.type === 'default_parameter' || parent.type === 'typed_default_parameter') &&
    isField(parent, 'name', at)
  );
}

/** True when the identifier is bound by the statement it stands in. */
function isBinding(node: SyntaxNode): boolean {
  if (isParameterName(node)) return true;
  let at = node;
  let parent = node.parent;
  while (parent && PATTERNS.has(parent.type)) {
    at = parent;
    parent = parent.parent;
  }
  if (!parent) return false;
  switch (parent.type) {
    case 'function_definition':
    case 'class_definition':
    case 'named_expression':
      return isField(parent, 'name', at);
    case 'assignment':
    case 'augmented_assignment':
    case 'for_statement':
    case 'for_in_clause':
    case 'type_alias_statement':
      return isField(parent, 'left', at);
    case 'as_pattern':
      return parent.parent?.type === 'case_pattern' && parent.lastNamedChild?.id === at.id;
    case 'splat_pattern':
    case 'as_pattern_target':
    case 'delete_statement':
    case 'global_statement':
    case 'nonlocal_statement':
      return true;
    case 'except_clause':
      return isField(parent, 'alias', at);
    case 'aliased_import':
      return isField(parent, 'alias', at);
    case 'dotted_name':
      return isImportBinding(parent, node) || isCapture(parent);
    default:
      return false;
  }
}

/** `import a.b` binds `a`; `from m import N` binds `N`. */
function isImportBinding(dotted: SyntaxNode, node: SyntaxNode): boolean {
  const { parent } = dotted;
  if (parent?.type === 'import_statement') return dotted.firstNamedChild?.id === node.id;
  return parent?.type === 'import_from_statement' && isField(parent, 'name', dotted);
}

/** `case X:`, and `X` in `case C(field=X):`. */
const isCapture = (dotted: SyntaxNode): boolean =>
  /^(?:case|keyword)_pattern$/.test(dotted.parent?.type ?? '') && dotted.namedChildCount === 1;

function roleOf(node: SyntaxNode): PythonRole {
  const { parent } = node;
  if (parent?.type === 'attribute' && isField(parent, 'attribute', node)) return 'attribute';
  if (parent?.type === 'keyword_argument' && isField(parent, 'name', node)) return 'keyword';
  // `area` in `case Shape(area=x)` is an attribute of what is matched, and no name.
  if (parent?.type === 'keyword_pattern') return 'keyword';
  if (parent?.type === 'dotted_name') {
    if (isImportBinding(parent, node) || isCapture(parent)) return 'name';
    const outer = parent.parent?.type ?? '';
    // The first part of a dotted decorator or pattern is a name, the others are attributes.
    if (/import|relative|future/.test(outer)) return 'import';
    return parent.firstNamedChild?.id === node.id ? 'name' : 'attribute';
  }
  return 'name';
}

interface Occurrence {
  node: SyntaxNode;
  role: PythonRole;
  around: SyntaxNode | null;
  binds: boolean;
}

/** A walrus inside a comprehension binds in the function around it. */
function bindingScope({ node, around }: Occurrence): SyntaxNode | null {
  let scope = around;
  if (node.parent?.type !== 'named_expression') return scope;
  while (scope?.type.endsWith('comprehension') || scope?.type === 'generator_expression')
    scope = scopeAround(scope);
  return scope;
}

/** The end of the simple statement, or of the head of the compound one, that holds a node. */
function statementEnd(node: SyntaxNode): number {
  for (let at: SyntaxNode | null = node.parent; at; at = at.parent) {
    if (at.type === 'assignment' || /(?:statement|clause)$/.test(at.type)) return at.endIndex;
    if (/definition$/.test(at.type)) return node.endIndex;
  }
  return node.endIndex;
}

/** Every identifier of a name in a file, with the scope that binds it by Python's rules. */
export function pythonNames(root: SyntaxNode, name: string): PythonName[] {
  const occurrences: Occurrence[] = [];
  for (const node of root.descendantsOfType('identifier')) {
    if (!node || node.text !== name) continue;
    const role = roleOf(node);
    occurrences.push({
      node,
      role,
      around: scopeAround(node),
      binds: role === 'name' && isBinding(node),
    });
  }
  const bound = new Set<number | null>();
  /** Where a class body has first bound the name: before that its own code still sees the outer one. */
  const boundInClass = new Map<number, number>();
  const globals = new Set<number>();
  const nonlocals = new Set<number>();
  for (const occurrence of occurrences) {
    if (!occurrence.binds) continue;
    const scope = bindingScope(occurrence);
    const kind = occurrence.node.parent?.type;
    if (scope && kind === 'global_statement') globals.add(scope.id);
    else if (scope && kind === 'nonlocal_statement') nonlocals.add(scope.id);
    else bound.add(scope?.id ?? null);
    if (scope?.type === 'class_definition') {
      const end = statementEnd(occurrence.node);
      boundInClass.set(scope.id, Math.min(end, boundInClass.get(scope.id) ?? end));
    }
  }
  if (globals.size > 0) bound.add(null);
  const resolve = (from: SyntaxNode | null, use: number): PythonName['scope'] => {
    for (let scope = from, own = true; scope; scope = scopeAround(scope), own = false) {
      if (globals.has(scope.id)) break;
      if (nonlocals.has(scope.id)) continue;
      // A class body is visible in itself alone, not in its methods.
      const visible =
        scope.type !== 'class_definition' || (own && use >= (boundInClass.get(scope.id) ?? 0));
      if (bound.has(scope.id) && visible) return scope;
    }
    return bound.has(null) ? 'module' : 'none';
  };
  return occurrences.map((occurrence) => ({
    node: occurrence.node,
    role: occurrence.role,
    binds: occurrence.binds,
    scope: occurrence.binds
      ? resolve(bindingScope(occurrence), Infinity)
      : resolve(occurrence.around, occurrence.node.startIndex),
  }));
}

/** What a scope would see for a name: for the check of a new name at the places of an old one. */
export function bindersBetween(root: SyntaxNode, name: string, at: SyntaxNode): boolean {
  const scopes = new Set<number>();
  for (const found of pythonNames(root, name)) {
    if (typeof found.scope !== 'string') scopes.add(found.scope.id);
  }
  for (let scope = scopeAround(at); scope; scope = scopeAround(scope))
    if (scopes.has(scope.id)) return true;
  return false;
}
