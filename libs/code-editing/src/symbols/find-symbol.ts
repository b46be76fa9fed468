import { HilError } from '@hil/contracts';
import type { SyntaxNode } from '@hil/knowledge-graph';
import { nearOrDeclared } from '../text/near-names.js';

const DECLARATIONS = new Set([
  'function_declaration',
  'generator_function_declaration',
  'class_declaration',
  'abstract_class_declaration',
  'interface_declaration',
  'enum_declaration',
  'method_definition',
  'variable_declarator',
  'public_field_definition',
  'field_definition',
  'internal_module',
  'module',
  'type_alias_declaration',
  'function_definition',
  'class_definition',
  'method_declaration',
  'constructor_declaration',
  'record_declaration',
  'struct_declaration',
  'annotation_type_declaration',
  'record_struct_declaration',
  'property_declaration',
  'local_function_statement',
]);

export interface FoundSymbol {
  qualified: string;
  node: SyntaxNode;
}

/** Every declaration of a tree with the names around it. */
function declarations(root: SyntaxNode): FoundSymbol[] {
  const found: FoundSymbol[] = [];
  const visit = (node: SyntaxNode, parents: readonly string[]): void => {
    const name = DECLARATIONS.has(node.type) ? node.childForFieldName('name')?.text : undefined;
    const inner = name === undefined ? parents : [...parents, name];
    if (name !== undefined) found.push({ qualified: inner.join('.'), node });
    for (const child of node.namedChildren) if (child) visit(child, inner);
  };
  visit(root, []);
  return found;
}

/**
 * The one declaration that `symbol` (`name` or `Parent.name`) means and that fits.
 * @throws HilError `validation_error` when there is none or more than one
 */
export function findSymbol(
  root: SyntaxNode,
  symbol: string,
  path: string,
  fits: (node: SyntaxNode) => boolean,
): SyntaxNode {
  const all = declarations(root).filter(({ node }) => fits(node));
  const exact = all.filter(({ qualified }) => qualified === symbol);
  const pool =
    exact.length > 0 ? exact : all.filter(({ qualified }) => qualified.endsWith(`.${symbol}`));
  const first = pool[0];
  if (!first) {
    const hint = nearOrDeclared(
      symbol,
      all.map(({ qualified }) => qualified),
    );
    throw new HilError(
      'validation_error',
      `${path} declares no ${symbol} that this edit fits.${hint}`,
    );
  }
  if (pool.length > 1) {
    const places = pool
      .map(({ qualified, node }) => `${qualified} (line ${node.startPosition.row + 1})`)
      .join(', ');
    throw new HilError(
      'validation_error',
      `${symbol} is declared ${pool.length} times in ${path}: ${places}. Say which one, such as Parent.${symbol}, or use search_replace.`,
    );
  }
  return first.node;
}

/** The body of a declaration: of a function, class, method, or of the function a variable holds. */
export function bodyOf(node: SyntaxNode): SyntaxNode | null {
  const own = node.childForFieldName('body');
  if (own) return own;
  return node.childForFieldName('value')?.childForFieldName('body') ?? null;
}
