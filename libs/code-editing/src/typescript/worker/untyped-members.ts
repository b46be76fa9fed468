import ts from 'typescript';
import { isAssignmentTo } from './commonjs.js';
import { RefusedError, type Project } from './project.js';

const MAX_LISTED = 3;

/** True for `x.name` and the key of `{ name } = x` where the type of `x` says nothing about the name. */
export function isUnresolvedMember(project: Project, node: ts.Node): boolean {
  const checker = project.program().getTypeChecker();
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    return !checker.getSymbolAtLocation(node) && !isForeign(project, parent.expression);
  }
  if (!ts.isBindingElement(parent) || !ts.isObjectBindingPattern(parent.parent)) return false;
  if ((parent.propertyName ?? parent.name) !== node) return false;
  if (checker.getTypeAtLocation(parent.parent).getProperty(node.getText())) return false;
  const { initializer } = ts.isVariableDeclaration(parent.parent.parent)
    ? parent.parent.parent
    : { initializer: undefined };
  return !initializer || !isForeign(project, initializer);
}

/** True when an expression begins at a package, or at a global that no file of the repository declares. */
function isForeign(project: Project, expression: ts.Expression): boolean {
  let root: ts.Node = expression;
  for (;;) {
    const module = requiredModule(root);
    if (module) return !project.program().getTypeChecker().getSymbolAtLocation(module);
    if (
      ts.isPropertyAccessExpression(root) ||
      ts.isElementAccessExpression(root) ||
      ts.isCallExpression(root) ||
      ts.isNewExpression(root) ||
      ts.isParenthesizedExpression(root) ||
      ts.isAwaitExpression(root)
    )
      root = root.expression;
    else break;
  }
  if (!ts.isIdentifier(root)) return false;
  const symbol = project.program().getTypeChecker().getSymbolAtLocation(root);
  if (!symbol) return true;
  return (symbol.declarations ?? []).some((declaration) => {
    const file = project.relative(declaration.getSourceFile().fileName);
    if (file === null) return true;
    const holder = ts.isBindingElement(declaration) ? declaration.parent.parent : declaration;
    if (ts.isVariableDeclaration(holder) && holder.initializer) {
      const module = requiredModule(holder.initializer);
      const target = module && project.program().getTypeChecker().getSymbolAtLocation(module);
      return module !== undefined && !target;
    }
    return importsPackage(project, declaration);
  });
}

function importsPackage(project: Project, declaration: ts.Node): boolean {
  const statement = ts.findAncestor(declaration, ts.isImportDeclaration);
  if (!statement) return false;
  return !project.program().getTypeChecker().getSymbolAtLocation(statement.moduleSpecifier);
}

/** The specifier of `require('x')`, also below member accesses. */
function requiredModule(node: ts.Node): ts.StringLiteralLike | undefined {
  let call = node;
  while (ts.isPropertyAccessExpression(call)) call = call.expression;
  if (!ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) return undefined;
  const [argument] = call.arguments;
  if (call.expression.text !== 'require' || !argument) return undefined;
  return ts.isStringLiteralLike(argument) ? argument : undefined;
}

/** Identifiers with the member's name: unresolved ones, all, and those known to be references. */
interface Mentions {
  loose: readonly ts.Identifier[];
  mentions: readonly ts.Identifier[];
  found: ReadonlyMap<string, unknown>;
}

/**
 * Refuses to rename a member whose unresolved mentions can't be told from another member. Their receivers
 * have no type, so the name alone has to decide: it does when nothing else in the repository and no
 * built-in type has such a member.
 * @throws RefusedError with the places
 */
export function refuseAmbiguous(
  project: Project,
  declaration: ts.Node,
  { loose, mentions, found }: Mentions,
  newName: string,
): void {
  if (loose.length === 0) return;
  const name = declaration.getText();
  const where = (node: ts.Node): string => {
    const file = node.getSourceFile();
    const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    return `${project.relative(file.fileName) ?? file.fileName}:${line}`;
  };
  const places = loose.slice(0, MAX_LISTED).map(where).join(', ');
  const more = loose.length > MAX_LISTED ? `, and ${loose.length - MAX_LISTED} more` : '';
  const uses = `${loose.length} ${loose.length === 1 ? 'use' : 'uses'} of .${name} on objects without a known type (${places}${more})`;
  const advice = `Use replace "${name}" with the new name in the files you mean.`;
  if (builtinMember(project, name))
    throw new RefusedError(
      `${uses} may mean the ${name} of a built-in type as well as this one, so a rename could be wrong. ${advice}`,
    );
  const rival = mentions.find((node) => {
    if (found.has(`${project.relative(node.getSourceFile().fileName) ?? ''}\0${node.getStart()}`))
      return false;
    return declaresMember(node) && !sameReceiver(node, declaration);
  });
  if (rival)
    throw new RefusedError(
      `${uses} can't be told from the other ${name} that ${where(rival)} declares. ${advice}`,
    );
  refuseTaken(project, newName, where);
}

/** `x.name = ...`, `{ name: ... }`, a method or field of a class. */
function declaresMember(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent))
    return parent.name === node && isAssignmentTo(parent.parent, parent);
  if (ts.isClassElement(parent) || ts.isTypeElement(parent)) return parent.name === node;
  return ts.isObjectLiteralElementLike(parent) && parent.name === node;
}

/** `res.a = ...` twice in one file declare the same member. */
function sameReceiver(node: ts.Node, declaration: ts.Node): boolean {
  const [a, b] = [node.parent, declaration.parent];
  return (
    ts.isPropertyAccessExpression(a) &&
    ts.isPropertyAccessExpression(b) &&
    a.expression.getText() === b.expression.getText()
  );
}

function refuseTaken(project: Project, newName: string, where: (node: ts.Node) => string): void {
  for (const file of project.program().getSourceFiles()) {
    if (project.relative(file.fileName) === null || !file.text.includes(newName)) continue;
    const visit = (node: ts.Node): ts.Node | undefined => {
      const { parent } = node;
      const isName =
        ts.isIdentifier(node) &&
        node.text === newName &&
        ((ts.isPropertyAccessExpression(parent) && parent.name === node) || declaresMember(node));
      return isName ? node : ts.forEachChild(node, visit);
    };
    const taken = visit(file);
    if (taken)
      throw new RefusedError(
        `The member name ${newName} is used in ${where(taken)} already, and without types the two could not be told apart. Choose another name.`,
      );
  }
}

/** True when a type of the standard library has a member of that name. */
function builtinMember(project: Project, name: string): boolean {
  const member = new RegExp(
    `^\\s+(?:readonly |get |set )?${name.replace(/\$/g, '\\$&')}[?]?[(:<]`,
    'm',
  );
  return project.libraryTexts().some((text) => member.test(text));
}
