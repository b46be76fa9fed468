import ts from 'typescript';
import { nearOrDeclared } from '../../text/near-names.js';
import { assignedMember } from './commonjs.js';
import { RefusedError, type Project } from './project.js';

interface Candidate {
  name: ts.Node;
  qualified: string;
  depth: number;
}

/** The name node of the declaration that `symbol` (`name` or `Parent.name`) means in a file. */
export function findDeclaration(project: Project, path: string, symbol: string): ts.Node {
  const file = project.sourceFile(path);
  const wanted = symbol.replace(/^module\.exports\./, 'exports.').replace(/\.prototype\./g, '.');
  const candidates = declarationsIn(file).filter(
    ({ qualified }) => qualified === wanted || qualified.endsWith(`.${wanted}`),
  );
  const exact = candidates.filter(({ qualified }) => qualified === wanted);
  const pool = exact.length > 0 ? exact : candidates;
  const shallowest = Math.min(...pool.map(({ depth }) => depth));
  const chosen = pool.filter(({ depth }) => depth === shallowest);
  const first = chosen[0];
  // A local of the same name is not what is meant where the file imports the name.
  if (!first || (exact.length === 0 && importsName(file, symbol))) {
    throw new RefusedError(notDeclared(file, path, symbol));
  }
  const checker = project.program().getTypeChecker();
  const symbols = new Set(chosen.map(({ name }) => checker.getSymbolAtLocation(name) ?? name));
  if (symbols.size > 1) {
    const places = chosen.map(({ name, qualified }) => `${qualified} (line ${lineOf(file, name)})`);
    throw new RefusedError(
      `${symbol} is declared more than once in ${path}: ${places.join(', ')}. Say which one, such as Parent.${symbol}.`,
    );
  }
  return first.name;
}

function notDeclared(file: ts.SourceFile, path: string, symbol: string): string {
  for (const statement of file.statements) {
    if (
      ts.isImportDeclaration(statement) &&
      statement.importClause
        ?.getText(file)
        .match(new RegExp(`\\b${symbol.replace(/\W/g, '\\$&')}\\b`))
    ) {
      return `${symbol} is imported in ${path}, not declared there. Name the file that declares it: ${statement.moduleSpecifier.getText(file)}.`;
    }
  }
  const declared = declarationsIn(file);
  const names = declared.map(({ qualified }) => qualified);
  const top = declared.filter(({ depth }) => depth === 0).map(({ qualified }) => qualified);
  return `${path} declares no ${symbol}.${nearOrDeclared(symbol, names, top)}`;
}

/** Every named declaration of a file with its parents' names. */
function declarationsIn(file: ts.SourceFile): Candidate[] {
  const found: Candidate[] = [];
  const visit = (node: ts.Node, parents: readonly string[], depth: number): void => {
    const name = nameOf(node);
    let inner = parents;
    const member = assignedMember(node);
    if (member) {
      const owners = member.owners.length > 0 ? member.owners : parents;
      const qualified = [...owners, member.name.text];
      found.push({ name: member.name, qualified: qualified.join('.'), depth });
    }
    if (name) {
      inner = [...parents, nameText(name)];
      found.push({ name, qualified: inner.join('.'), depth });
    }
    const deeper = name || ts.isFunctionLike(node) || ts.isBlock(node) ? depth + 1 : depth;
    ts.forEachChild(node, (child) => visit(child, inner, deeper));
  };
  visit(file, [], 0);
  return found;
}

function nameText(name: ts.Node): string {
  return ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteral(name)
    ? name.text
    : name.getText();
}

function nameOf(node: ts.Node): ts.Node | undefined {
  const named =
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isEnumMember(node) ||
    ts.isModuleDeclaration(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isParameter(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isGetAccessor(node) ||
    ts.isSetAccessor(node);
  const name = named ? node.name : undefined;
  return name && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) ? name : undefined;
}

function lineOf(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

function importsName(file: ts.SourceFile, name: string): boolean {
  return file.statements.some((statement) => {
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : undefined;
    const bindings = clause?.namedBindings;
    if (clause?.name?.text === name) return true;
    if (!bindings) return false;
    return ts.isNamedImports(bindings)
      ? bindings.elements.some((element) => element.name.text === name)
      : bindings.name.text === name;
  });
}
