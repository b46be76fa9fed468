import ts from 'typescript';
import type { CallTarget, CheckedCall, CheckedFile, CheckRequest } from './checked-call.js';
import type { Memory } from './memory.js';
import { CHECK_OPTIONS, ProjectHost } from './project-host.js';

/**
 * Files that one checker looks at. What it infers stays in memory as long as it lives, so it is replaced
 * now and then. Its program holds these files, what they import and what reaches into every file: all
 * files of a large repository together would not fit.
 */
const FILES_A_CHECKER = 600;
/** Below this many files a checker that fills the memory is not replaced: the next would fill it as well. */
const FEWEST_FILES = 60;

/**
 * Finds with TypeScript's checker where the calls of some files go, file by file. When memory runs short, the
 * checker is replaced, and parsed files are let go.
 */
export function* checkCalls(request: CheckRequest, memory: Memory): Generator<CheckedFile> {
  const host = new ProjectHost(request);
  for (let start = 0; start < request.files.length;) {
    const files = request.files.slice(start, start + FILES_A_CHECKER);
    const looked = yield* checkSome(files, host, memory);
    start += looked;
    memory.collect();
    if (memory.isHalfFull()) host.forgetFiles();
  }
}

/** Looks at files until memory runs short, and answers at how many. */
function* checkSome(
  files: readonly string[],
  host: ProjectHost,
  memory: Memory,
): Generator<CheckedFile, number> {
  const program = ts.createProgram({
    rootNames: host.rootsFor(files),
    options: CHECK_OPTIONS,
    host: host.compilerHost,
  });
  const checker = program.getTypeChecker();
  let looked = 0;
  for (const path of files) {
    const source = program.getSourceFile(host.absolute(path));
    if (source) yield { path, calls: callsOf(source, checker, host) };
    looked += 1;
    if (looked >= FEWEST_FILES && memory.isNearlyFull()) break;
  }
  return looked;
}

function callsOf(source: ts.SourceFile, checker: ts.TypeChecker, host: ProjectHost): CheckedCall[] {
  const calls: CheckedCall[] = [];
  const visit = (node: ts.Node): void => {
    const name = calleeName(node);
    if (name) {
      const { line } = source.getLineAndCharacterOfPosition(name.getStart(source));
      calls.push({ line: line + 1, name: name.text, ...outcomeOf(name, checker, host) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return calls;
}

type CalleeName = ts.Identifier | ts.PrivateIdentifier | ts.StringLiteralLike;

/** The name at which a call, construction, tag or JSX element says what it calls. */
function calleeName(node: ts.Node): CalleeName | null {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return lastName(node.expression);
  if (ts.isTaggedTemplateExpression(node)) return lastName(node.tag);
  if (!ts.isJsxOpeningElement(node) && !ts.isJsxSelfClosingElement(node)) return null;
  const name = lastName(node.tagName);
  return name && /^[A-Z]/.test(node.tagName.getText()) ? name : null;
}

function lastName(expression: ts.Node): CalleeName | null {
  let node = expression;
  while (isWrapper(node)) node = node.expression;
  if (ts.isIdentifier(node)) return node;
  if (ts.isPropertyAccessExpression(node)) return node.name;
  const key = ts.isElementAccessExpression(node) ? node.argumentExpression : undefined;
  return key && ts.isStringLiteralLike(key) ? key : null;
}

/** `(a)`, `a!`, `a as B`: what is called stands inside. */
function isWrapper(
  node: ts.Node,
): node is
  ts.ParenthesizedExpression | ts.NonNullExpression | ts.AsExpression | ts.SatisfiesExpression {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node)
  );
}

function outcomeOf(
  name: CalleeName,
  checker: ts.TypeChecker,
  host: ProjectHost,
): Pick<CheckedCall, 'outcome' | 'targets'> {
  let symbol = checker.getSymbolAtLocation(name);
  if (symbol && (symbol.flags & ts.SymbolFlags.Alias) !== 0) {
    symbol = checker.getAliasedSymbol(symbol);
  }
  const declarations = symbol?.declarations ?? [];
  if (declarations.length === 0) return { outcome: 'unknown', targets: [] };
  const targets: CallTarget[] = [];
  for (const declaration of declarations) {
    const target = isInsideFunction(declaration) ? null : targetOf(declaration, host);
    if (target) targets.push(target);
  }
  return { outcome: targets.length > 0 ? 'project' : 'elsewhere', targets };
}

function targetOf(declaration: ts.Declaration, host: ProjectHost): CallTarget | null {
  const source = declaration.getSourceFile();
  const path = host.relative(source.fileName);
  if (path === null) return null;
  const name = ts.getNameOfDeclaration(declaration);
  const at = (name ?? declaration).getStart(source);
  return {
    path,
    line: source.getLineAndCharacterOfPosition(at).line + 1,
    name:
      name &&
      (ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteralLike(name))
        ? name.text
        : 'default',
  };
}

/** True for what exists only while a function runs: the graph has no symbols for that. */
function isInsideFunction(declaration: ts.Declaration): boolean {
  for (let node: ts.Node | undefined = declaration.parent; node; node = node.parent) {
    if (ts.isFunctionLike(node) && !ts.isTypeNode(node)) return true;
  }
  return false;
}
