import type { SyntaxNode } from '@hil/knowledge-graph';
import { EditCollector } from './edit-collector.js';
import { refuseOverrides } from './nominal-overrides.js';
import {
  methodDeclarations,
  spelled,
  type NominalFile,
  type NominalProject,
} from './nominal-project.js';
import { refusal, refuseTaken } from './nominal-refusals.js';
import type { RenameRequest, Renaming } from './rename-symbol.js';

/** Methods that every object or the standard library has: their callers can't be told apart by name. */
const STANDARD_METHODS = new Set(
  'toString equals hashCode compareTo close run call get set put add remove size isEmpty contains iterator next hasNext length accept apply test main clone finalize of from valueOf values name ordinal read write flush start stop join wait notify append format parse ToString Equals GetHashCode CompareTo Dispose Add Remove Contains Clear Count Select Where First Any All ToList Get Set Invoke Main Parse Format Join Split Replace Trim Read Write Close'.split(
    ' ',
  ),
);

/**
 * Renames a method whose name is unique in the project.
 * @throws HilError `validation_error` where its callers can't be told apart without types
 */
export function renameMethod(
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
  refuseOverrides(project, { ...declaration, name, newName }, (other) => {
    const { least, most } = parametersOf(other);
    return least <= arity.most && arity.least <= most;
  });
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
