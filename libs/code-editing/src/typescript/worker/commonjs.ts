import ts from 'typescript';

/**
 * The name a CommonJS module gives its export at this node: `exports.x = ...`, `module.exports.x = ...`, and
 * the members of `module.exports = { ... }`; undefined elsewhere.
 */
export function commonJsExport(name: ts.Node): { value: ts.Node | undefined } | undefined {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent) && parent.name === name) {
    const assignment = parent.parent;
    if (!isAssignmentTo(assignment, parent) || !isExportsObject(parent.expression))
      return undefined;
    return { value: assignedValue(assignment) };
  }
  if (!ts.isObjectLiteralElementLike(parent) || parent.name !== name) return undefined;
  if (!isExportedObject(parent.parent)) return undefined;
  if (ts.isShorthandPropertyAssignment(parent)) return { value: name };
  return { value: ts.isPropertyAssignment(parent) ? parent.initializer : undefined };
}

/** True for `left` of `left = value`. */
export function isAssignmentTo(
  node: ts.Node | undefined,
  left: ts.Node,
): node is ts.BinaryExpression {
  return (
    node !== undefined &&
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    node.left === left
  );
}

/** The last value of a chain such as `exports = module.exports = value`. */
function assignedValue(assignment: ts.BinaryExpression): ts.Expression {
  let value = assignment.right;
  while (ts.isBinaryExpression(value) && isAssignmentTo(value, value.left)) value = value.right;
  return value;
}

/** `exports` or `module.exports`. */
function isExportsObject(node: ts.Node): boolean {
  if (ts.isIdentifier(node)) return node.text === 'exports';
  return (
    ts.isPropertyAccessExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'module' &&
    node.name.text === 'exports'
  );
}

function isExportedObject(object: ts.Node): boolean {
  let node = object;
  while (ts.isBinaryExpression(node.parent) && node.parent.right === node) {
    if (isAssignmentTo(node.parent, node.parent.left) && isExportsObject(node.parent.left))
      return true;
    node = node.parent;
  }
  return false;
}

/** The owner's name of a member that an assignment declares: `app.use = f`, `Foo.prototype.bar = f`. */
export function assignedMember(
  node: ts.Node,
): { name: ts.Identifier; owners: string[] } | undefined {
  if (!ts.isBinaryExpression(node) || !ts.isPropertyAccessExpression(node.left)) return undefined;
  const { left } = node;
  if (!isAssignmentTo(node, left) || !ts.isIdentifier(left.name)) return undefined;
  const owner = ownerOf(left.expression);
  return owner && { name: left.name, owners: owner };
}

function ownerOf(node: ts.Expression): string[] | undefined {
  if (isExportsObject(node)) return ['exports'];
  if (ts.isIdentifier(node)) return [node.text];
  if (node.kind === ts.SyntaxKind.ThisKeyword) return [];
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const outer = ownerOf(node.expression);
  return outer && (node.name.text === 'prototype' ? outer : [...outer, node.name.text]);
}
