import ts from 'typescript';
import { commonJsExport } from './commonjs.js';
import { RefusedError, type Project } from './project.js';
import { isUnresolvedMember, refuseAmbiguous } from './untyped-members.js';

interface Span {
  path: string;
  start: number;
  end: number;
}

/** Where the symbol's name stands. `before` and `after` surround the new name there. */
export interface Reference extends Span {
  before: string;
  after: string;
}

/** References of one symbol; `untyped` counts those whose receiver has no known type. */
export interface References {
  places: Reference[];
  untyped: number;
}

/** Members of untyped objects: `ask` decides and refuses, `all` takes them as decided before, `none` leaves them. */
export type UntypedMembers = { mode: 'ask'; newName: string } | { mode: 'all' | 'none' };

/**
 * Every reference to the symbol named at an offset: what the language service finds, completed by what it
 * leaves out of CommonJS modules (a local that `module.exports` passes on under its own name, and an export
 * that is only an alias of a local), and by members of untyped objects where the name alone decides.
 * @throws RefusedError when references can't be told apart
 */
export function referencesAt(
  project: Project,
  path: string,
  start: number,
  untypedMembers: UntypedMembers,
): References {
  const declaration = nodeAt(project.sourceFile(path), start);
  if (!declaration) throw new RefusedError(`${path} has no name there.`);
  const name = declaration.getText();
  const found = new Map<string, Span>();
  const add = (node: ts.Node): boolean => {
    const file = project.relative(node.getSourceFile().fileName);
    if (file === null) return false;
    const at = node.getStart();
    const key = `${file}\0${at}`;
    if (found.has(key)) return false;
    found.set(key, { path: file, start: at, end: node.getEnd() });
    return true;
  };
  add(declaration);
  for (const place of serviceLocations(project, path, start))
    found.set(`${place.path}\0${place.start}`, place);
  const mentions = mentionsOf(project, name);
  const targets = new Set<ts.Node>();
  const scan = new Set([...found.values()].map(({ path: file, start: at }) => key(file, at)));
  for (const node of mentions) {
    const file = project.relative(node.getSourceFile().fileName) ?? '';
    if (!scan.has(key(file, node.getStart())) || isShorthand(node)) continue;
    for (const one of declarationsOf(project, node)) targets.add(one);
  }
  if (isScript(path)) complete(project, mentions, targets, found, add);
  let untyped = 0;
  const { mode } = untypedMembers;
  if (mode !== 'none' && isScript(path) && isMember(declaration, targets)) {
    const loose = mentions.filter(
      (node) => !found.has(keyOf(project, node)) && isUnresolvedMember(project, node),
    );
    if (untypedMembers.mode === 'ask')
      refuseAmbiguous(project, declaration, { loose, mentions, found }, untypedMembers.newName);
    for (const node of loose) if (add(node)) untyped += 1;
  }
  const byKey = new Map(mentions.map((node) => [keyOf(project, node), node]));
  const places = [...found.values()].map((place) => {
    const node = byKey.get(key(place.path, place.start));
    return { ...place, ...surroundings(project, node, targets) };
  });
  return { places, untyped };
}

const key = (path: string, start: number): string => `${path}\0${start}`;
const keyOf = (project: Project, node: ts.Node): string =>
  key(project.relative(node.getSourceFile().fileName) ?? '', node.getStart());
const isScript = (path: string): boolean => /\.(?:[cm]?js|jsx)$/.test(path);

function serviceLocations(project: Project, path: string, start: number): Span[] {
  const file = project.absolute(path);
  if (!project.service.getRenameInfo(file, start).canRename) return [];
  const locations = project.service.findRenameLocations(file, start, false, false, {
    providePrefixAndSuffixTextForRename: false,
  });
  return (locations ?? []).map(({ fileName, textSpan }) => {
    const inside = project.relative(fileName);
    if (inside === null)
      throw new RefusedError('The symbol belongs to a library outside of this repository.');
    return { path: inside, start: textSpan.start, end: textSpan.start + textSpan.length };
  });
}

/** Identifiers with a text in every file of the repository that the program holds. */
function mentionsOf(project: Project, name: string): ts.Identifier[] {
  const mentions: ts.Identifier[] = [];
  for (const file of project.program().getSourceFiles()) {
    if (project.relative(file.fileName) === null || !file.text.includes(name)) continue;
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && node.text === name) mentions.push(node);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return mentions;
}

/** Adds what refers to a target, and what a CommonJS export ties to one, until nothing is new. */
function complete(
  project: Project,
  mentions: readonly ts.Identifier[],
  targets: Set<ts.Node>,
  found: ReadonlyMap<string, unknown>,
  add: (node: ts.Node) => boolean,
): void {
  for (let grown = true; grown;) {
    grown = false;
    const take = (nodes: readonly ts.Node[]): void => {
      for (const node of nodes) {
        if (targets.has(node)) continue;
        targets.add(node);
        grown = true;
      }
    };
    for (const node of mentions) {
      const own = isShorthand(node) ? [node.parent] : declarationsOf(project, node);
      const values = isShorthand(node) ? shorthandValue(project, node) : [];
      const known = found.has(keyOf(project, node)) && !isShorthand(node);
      const refers = [...own, ...values].some((one) => targets.has(one));
      if (!known && !refers) continue;
      if (add(node)) grown = true;
      if (!isShorthand(node)) take(own);
      const exported = commonJsExport(node);
      const { value } = exported ?? {};
      if (value && ts.isIdentifier(value) && value.text === node.text) {
        take([...own, node.parent, ...declarationsOf(project, value), ...values]);
      } else if (exported) take([node.parent]);
    }
    // `exports.foo = foo`: reached from the right, the left is the public name of the same thing.
    for (const node of mentions) {
      const value = commonJsExport(node)?.value;
      if (!value || value === node || !ts.isIdentifier(value) || value.text !== node.text) continue;
      if (!declarationsOf(project, value).some((one) => targets.has(one))) continue;
      if (add(node)) grown = true;
      take([...declarationsOf(project, node), node.parent]);
    }
  }
}

function isShorthand(node: ts.Node): boolean {
  return ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node;
}

function shorthandValue(project: Project, node: ts.Node): ts.Node[] {
  const checker = project.program().getTypeChecker();
  return withAliases(checker, checker.getShorthandAssignmentValueSymbol(node.parent));
}

/** The declarations behind a name, through imports; of a destructured name both the local and the member. */
function declarationsOf(project: Project, node: ts.Node): ts.Node[] {
  const checker = project.program().getTypeChecker();
  const found = withAliases(checker, checker.getSymbolAtLocation(node));
  const { parent } = node;
  if (ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent)) {
    const isKey = parent.propertyName === node || (!parent.propertyName && parent.name === node);
    const member = checker.getTypeAtLocation(parent.parent).getProperty(node.getText());
    if (isKey) found.push(...withAliases(checker, member));
  }
  return found;
}

function withAliases(checker: ts.TypeChecker, symbol: ts.Symbol | undefined): ts.Node[] {
  if (!symbol) return [];
  const own = symbol.declarations ?? [];
  if (!(symbol.flags & ts.SymbolFlags.Alias)) return [...own];
  return [...own, ...(checker.getAliasedSymbol(symbol).declarations ?? [])];
}

/** True when the declared name is reached through an object: an export of CommonJS or a member. */
function isMember(declaration: ts.Node, targets: ReadonlySet<ts.Node>): boolean {
  const { parent } = declaration;
  if (ts.isPropertyAccessExpression(parent) || ts.isClassElement(parent)) return true;
  if (ts.isObjectLiteralElementLike(parent)) return true;
  return [...targets].some((node) => {
    const assigned = ts.isBinaryExpression(node) ? node.left : node;
    const name = ts.isPropertyAccessExpression(assigned)
      ? assigned.name
      : ts.isObjectLiteralElementLike(assigned)
        ? assigned.name
        : undefined;
    return name !== undefined && commonJsExport(name) !== undefined;
  });
}

/**
 * What stands around the new name at a shorthand `{ foo }`: the member keeps its name (`foo: bar`) unless it
 * is renamed too, and the value keeps its own (`bar: foo`) unless it is.
 */
function surroundings(
  project: Project,
  node: ts.Node | undefined,
  targets: ReadonlySet<ts.Node>,
): { before: string; after: string } {
  if (!node || !isShorthand(node)) return { before: '', after: '' };
  const checker = project.program().getTypeChecker();
  const { parent } = node;
  const value = shorthandValue(project, node).some((one) => targets.has(one));
  const context = ts.isObjectLiteralExpression(parent.parent)
    ? checker.getContextualType(parent.parent)?.getProperty(node.getText())
    : undefined;
  const member =
    targets.has(parent) || (context?.declarations ?? []).some((one) => targets.has(one));
  if (member) return { before: '', after: value ? '' : `: ${node.getText()}` };
  return { before: `${node.getText()}: `, after: '' };
}

function nodeAt(file: ts.SourceFile, position: number): ts.Node | undefined {
  const visit = (node: ts.Node): ts.Node | undefined => {
    if (position < node.getStart(file) || position >= node.getEnd()) return undefined;
    return ts.forEachChild(node, visit) ?? node;
  };
  return visit(file);
}
