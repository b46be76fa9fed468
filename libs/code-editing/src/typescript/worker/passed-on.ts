import ts from 'typescript';
import type { Project } from './project.js';

/** Text that a file has when it may take another module as a whole: those files must be part of the project. */
export const WHOLE_MODULE_WORDS = ['export *', '* as ', 'require(', 'import('] as const;

/** Where a name can be had from although it is not written there. Each is `path:line`. */
interface PassedOn {
  /** `export *`, also of a file that has the name by `export *` itself. */
  barrels: string[];
  /** Uses of the module as a whole, such as `Object.values(all)`: they reach every name of it. */
  wholes: string[];
}

/**
 * Places that pass an export on, or may use it, without naming it: the language service does not count them as
 * references.
 * @param name as the module exports it; `export *` leaves `default` out
 */
export function passedOn(project: Project, path: string, name: string): PassedOn {
  const checker = project.program().getTypeChecker();
  const found: PassedOn = { barrels: [], wholes: [] };
  const homes = [project.sourceFile(path)];
  const exported = exportOf(checker, project.sourceFile(path), name);
  const files = project
    .program()
    .getSourceFiles()
    .filter(({ fileName }) => project.relative(fileName) !== null);
  // Barrels of barrels join as they are found.
  for (const home of homes) {
    const module = checker.getSymbolAtLocation(home);
    if (module === undefined) continue;
    for (const file of files) {
      for (const specifier of specifiersOf(file)) {
        if (checker.getSymbolAtLocation(specifier) !== module) continue;
        const place = `${project.relative(file.fileName) ?? ''}:${lineOf(file, specifier)}`;
        if (isBarrel(specifier.parent)) {
          const plain = specifier.parent.exportClause === undefined;
          if (plain && !offers(checker, file, name, exported)) continue;
          found.barrels.push(place);
          if (plain && !homes.includes(file)) homes.push(file);
        } else if (isTakenWhole(checker, specifier)) found.wholes.push(place);
      }
    }
  }
  return { barrels: [...new Set(found.barrels)], wholes: [...new Set(found.wholes)] };
}

/** Every string of a file that names a module: of imports, exports, `require` and `import()`. */
function specifiersOf(file: ts.SourceFile): ts.Expression[] {
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
      found.push(node.moduleSpecifier);
    else if (ts.isExternalModuleReference(node)) found.push(node.expression);
    else if (isModuleCall(node) && node.arguments[0] && ts.isStringLiteral(node.arguments[0]))
      found.push(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isModuleCall(node: ts.Node): node is ts.CallExpression {
  if (!ts.isCallExpression(node)) return false;
  const { expression } = node;
  return (
    expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(expression) && expression.text === 'require')
  );
}

/** `export * from` and `export * as ns from`; the second is reached as `ns.name`. */
function isBarrel(node: ts.Node): node is ts.ExportDeclaration {
  return ts.isExportDeclaration(node) && !(node.exportClause && ts.isNamedExports(node.exportClause)); // prettier-ignore
}

/** False where the file has another thing of that name, and for `default`, which `export *` leaves out. */
function offers(
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  name: string,
  exported: ts.Symbol | undefined,
): boolean {
  return name !== 'default' && exported !== undefined && exportOf(checker, file, name) === exported;
}

function exportOf(
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  name: string,
): ts.Symbol | undefined {
  const module = checker.getSymbolAtLocation(file);
  const found = module && checker.tryGetMemberInModuleExports(name, module);
  return found && found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
}

/** True when what was imported is used other than by a member of it that is written out. */
function isTakenWhole(checker: ts.TypeChecker, specifier: ts.Node): boolean {
  const { parent } = specifier;
  if (ts.isImportDeclaration(parent)) {
    const bindings = parent.importClause?.namedBindings;
    return bindings !== undefined && ts.isNamespaceImport(bindings)
      ? isUsedWhole(checker, bindings.name)
      : false;
  }
  if (ts.isExternalModuleReference(parent)) return isUsedWhole(checker, parent.parent.name);
  if (!ts.isCallExpression(parent)) return false;
  const value = ts.isAwaitExpression(parent.parent) ? parent.parent : parent;
  const holder = skipParentheses(value);
  if (ts.isExpressionStatement(holder) || namesMember(holder, value)) return false;
  if (!ts.isVariableDeclaration(holder)) return true;
  return ts.isIdentifier(holder.name) ? isUsedWhole(checker, holder.name) : hasRest(holder.name);
}

function isUsedWhole(checker: ts.TypeChecker, name: ts.Identifier): boolean {
  const symbol = checker.getSymbolAtLocation(name);
  let whole = false;
  const visit = (node: ts.Node): void => {
    if (whole) return;
    if (ts.isIdentifier(node) && node !== name && node.text === name.text) {
      if (meantBy(checker, node) === symbol) whole = !namesMember(skipParentheses(node), node);
    }
    ts.forEachChild(node, visit);
  };
  visit(name.getSourceFile());
  return whole;
}

function meantBy(checker: ts.TypeChecker, node: ts.Identifier): ts.Symbol | undefined {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return checker.getShorthandAssignmentValueSymbol(parent); // prettier-ignore
  if (ts.isExportSpecifier(parent)) return checker.getExportSpecifierLocalTargetSymbol(parent);
  return checker.getSymbolAtLocation(node);
}

function skipParentheses(node: ts.Node): ts.Node {
  let { parent } = node;
  while (ts.isParenthesizedExpression(parent)) ({ parent } = parent);
  return parent;
}

/** `all.name`, `all['name']`, the type `all.Name`, `typeof all`, or `const { name } = all`. */
function namesMember(holder: ts.Node, value: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(holder)) return holder.name !== value;
  if (ts.isElementAccessExpression(holder)) return ts.isStringLiteralLike(holder.argumentExpression); // prettier-ignore
  if (ts.isQualifiedName(holder)) return true;
  return ts.isVariableDeclaration(holder) && ts.isObjectBindingPattern(holder.name) && !hasRest(holder.name); // prettier-ignore
}

function hasRest(pattern: ts.BindingName): boolean {
  return (
    !ts.isObjectBindingPattern(pattern) ||
    pattern.elements.some(({ dotDotDotToken }) => dotDotDotToken !== undefined)
  );
}

function lineOf(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}
