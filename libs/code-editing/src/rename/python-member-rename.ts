import { HilError } from '@hil/contracts';
import type { SyntaxNode } from '@hil/knowledge-graph';
import { EditCollector } from './edit-collector.js';
import { renameEntryPoints } from './python-entry-points.js';
import { wordPattern } from './look-alikes.js';
import type { PythonFile, PythonProject } from './python-project.js';
import { refuseDoubtful, renameInStrings } from './python-strings.js';
import type { RenamedFile, RenameRequest } from './rename-symbol.js';

/** Bases that bring no methods a project would override by accident. */
const HARMLESS_BASES =
  /^(?:object|ABC|abc\.ABC|Generic\b.*|Protocol\b.*|typing\..*|Enum|enum\.\w+|NamedTuple|TypedDict|Exception|ValueError|RuntimeError)$/s;

/** Attributes of builtin types: `.get` may be a dict's, whatever the project declares. */
const BUILTIN = new Set(
  'add append clear close copy count decode difference discard encode endswith extend find flush format get index insert intersection isdigit items join keys lower lstrip match open partition pop popitem put read readline readlines remove replace reverse rsplit rstrip run search seek send set setdefault sort split splitlines start startswith stop strip sub tell title union update upper value values write name'.split(
    ' ',
  ),
);

/**
 * Renames a method or class attribute of a Python class when its name is unique in the project: exactly one
 * class declares it, no base outside of the project could, and no builtin type has it. Otherwise the
 * receivers of `.name` can't be told apart without types, and the rename is refused with the reason.
 */
export async function renamePythonMember(
  project: PythonProject,
  { path, symbol, newName, keepStrings }: RenameRequest,
): Promise<{ files: RenamedFile[]; notes: string[] }> {
  const member = symbol.split('.').at(-1) ?? '';
  const owner = symbol.split('.').at(-2) ?? '';
  const file = await project.file(path);
  const holder = file.root
    .descendantsOfType('class_definition')
    .find((node) => node?.childForFieldName('name')?.text === owner);
  const declaration = holder ? membersOf(holder, member)[0] : undefined;
  if (!holder || !declaration) throw refusal(`${path} declares no ${symbol}.`);
  if (/^__.*__$/.test(member))
    throw refusal(`${member} is called by Python itself, so its name can't change.`);
  if (BUILTIN.has(member))
    throw refusal(
      `${symbol} can't be told from the attribute ${member} of Python's own types. Use replace with a narrow path instead.`,
    );
  await refuseForeignBases(project, file, holder, symbol);

  const files = await project.filesWhere((text) => text.includes(member));
  const taken = await project.filesWhere((text) => wordPattern(newName).test(text));
  for (const other of taken) {
    const clash = declarationsOf(other, newName)[0] ?? attributesNamed(other, newName)[0];
    if (clash)
      throw refusal(
        `The member name ${newName} is used in ${other.path}, line ${clash.startPosition.row + 1}. Choose another name.`,
      );
  }
  const edits = new EditCollector();
  for (const other of files) {
    for (const found of declarationsOf(other, member)) {
      if (other.path === path && isWithin(found, holder)) edits.addNode(path, found, newName);
      else
        throw refusal(
          `${member} is declared more than once: also in ${other.path}, line ${found.startPosition.row + 1}. Without types their uses can't be told apart.`,
        );
    }
    for (const attribute of attributesNamed(other, member)) {
      if (!isForeign(project, other, attribute)) edits.addNode(other.path, attribute, newName);
    }
  }
  refuseKeywords(files, declaration, symbol);
  const named = { name: member, newName, homes: [path], owner };
  const doubts = await renameInStrings(project, files, named, edits);
  if (keepStrings !== true) refuseDoubtful(doubts, named);
  await renameEntryPoints(project, named, edits);
  return {
    files: edits.files(),
    notes: [
      `${symbol} is the only member of that name in the project, so every .${member} is taken as it.`,
    ],
  };
}

/** A field of a dataclass is also the name of a parameter of its constructor; any member may be matched by name. */
function refuseKeywords(
  files: readonly PythonFile[],
  declaration: SyntaxNode,
  symbol: string,
): void {
  const isField = declaration.parent?.type === 'assignment';
  for (const { path, root } of files) {
    for (const node of root.descendantsOfType(['keyword_argument', 'keyword_pattern'])) {
      if (node?.firstNamedChild?.text !== declaration.text) continue;
      const line = `${path}, line ${node.startPosition.row + 1},`;
      if (node.type === 'keyword_pattern')
        throw refusal(
          `${symbol} may be matched by name: ${line} has a pattern with ${declaration.text}=. Rename it by hand.`,
        );
      if (isField)
        throw refusal(
          `${symbol} may be a parameter of its class too: ${line} passes ${declaration.text} by keyword. Rename it by hand.`,
        );
    }
  }
}

const refusal = (message: string): HilError => new HilError('validation_error', message);

const isWithin = (node: SyntaxNode, outer: SyntaxNode): boolean =>
  node.startIndex >= outer.startIndex && node.endIndex <= outer.endIndex;

/** Names of methods and class attributes declared directly in a class body. */
function membersOf(holder: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (const child of holder.childForFieldName('body')?.namedChildren ?? []) {
    const inner =
      child?.type === 'decorated_definition' ? child.childForFieldName('definition') : child;
    const target =
      inner?.type === 'expression_statement'
        ? inner.firstNamedChild?.childForFieldName('left')
        : inner?.childForFieldName('name');
    if (target?.type === 'identifier' && target.text === name) found.push(target);
  }
  return found;
}

function declarationsOf(file: PythonFile, name: string): SyntaxNode[] {
  return file.root
    .descendantsOfType('class_definition')
    .flatMap((node) => (node ? membersOf(node, name) : []));
}

function attributesNamed(file: PythonFile, name: string): SyntaxNode[] {
  return file.root.descendantsOfType('attribute').flatMap((node) => {
    const attribute = node?.childForFieldName('attribute');
    return attribute?.text === name ? [attribute] : [];
  });
}

/** `json.loads`: the receiver is a module from outside of the repository. */
function isForeign(project: PythonProject, file: PythonFile, attribute: SyntaxNode): boolean {
  const object = attribute.parent?.childForFieldName('object');
  const first = object?.text.split('.')[0]?.trim() ?? '';
  return project.modules
    .importsOf(file.path, file.root)
    .some(
      ({ local, file: target, imported }) =>
        target === null && local.split('.')[0] === first && (imported === null || imported !== '*'),
    );
}

async function refuseForeignBases(
  project: PythonProject,
  file: PythonFile,
  holder: SyntaxNode,
  symbol: string,
): Promise<void> {
  for (const base of holder.childForFieldName('superclasses')?.namedChildren ?? []) {
    if (!base || base.type === 'keyword_argument' || HARMLESS_BASES.test(base.text)) continue;
    const name = base.text.split(/[.[]/)[0] ?? '';
    const imported = project.modules
      .importsOf(file.path, file.root)
      .find(({ local }) => local.split('.')[0] === name);
    const local = file.root
      .descendantsOfType('class_definition')
      .some((node) => node?.childForFieldName('name')?.text === name);
    if (local || imported?.file) continue;
    throw refusal(
      `${symbol} may override a member of ${base.text}, which is not in this repository. Rename it by hand.`,
    );
  }
}
