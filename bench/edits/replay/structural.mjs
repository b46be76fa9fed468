import { languageOf, loadSyntax } from '@hil/knowledge-graph';
import { mixesIndents } from './disturb.mjs';
import { quoted, renewed } from './history.mjs';

const FUNCTIONS = new Set([
  'function_declaration',
  'generator_function_declaration',
  'method_definition',
  'function_definition',
  'method_declaration',
  'constructor_declaration',
]);
const IMPORT = /^(?:import\b.*|from\s+\S+\s+import\b.*|using\s+[\w.]+;)\s*$/;

/**
 * Operations on symbols that a commit's change of one file comes to: a new body when all of it is inside of one
 * function, imports when all of it is added import lines. Each with the file as it should be.
 */
export async function structuralOperations({ path, before, after, hunks }) {
  const language = languageOf(path);
  if (!language || hunks.length === 0) return [];
  const whole = hunks.reduce(
    (text, { lines }) => text.replace(quoted(lines), () => renewed(lines)),
    before,
  );
  // Hunks left out for their size would be missing; a change from blanks to tabs is not one of code.
  if (whole !== after || hunks.some(({ lines }) => mixesIndents(lines))) return [];
  const imports = importsOf({ path, before, after, hunks });
  if (imports) return [imports];
  const body = await bodyOf(language, { path, before, after });
  return body ? [body] : [];
}

function importsOf({ path, before, after, hunks }) {
  const changed = hunks.flatMap(({ lines }) => lines.filter(({ tag }) => tag !== ' '));
  if (!changed.every(({ tag, text }) => tag === '+' && IMPORT.test(text))) return null;
  const operations = changed.map(({ text }) => ({
    op: 'add_import',
    path,
    statement: text.trim(),
  }));
  return { kind: 'add_import', operations, before, after, sameAs: sameButForImportOrder };
}

/** An import may go to another place among the imports than a person put it. */
function sameButForImportOrder(result, wanted) {
  const sorted = (text) => text.split(/\r?\n/).sort().join('\n');
  const rest = (text) =>
    text
      .split('\n')
      .filter((line) => !IMPORT.test(line.replace(/\r$/, '')))
      .join('\n');
  return sorted(result) === sorted(wanted) && rest(result) === rest(wanted);
}

async function bodyOf(language, { path, before, after }) {
  const syntax = await loadSyntax(language);
  const trees = [];
  try {
    for (const text of [before, after]) trees.push(syntax.parse(text));
    const [old, now] = trees;
    if (old.rootNode.hasError || now.rootNode.hasError) return null;
    const [olds, news] = [functionsOf(old.rootNode), functionsOf(now.rootNode)];
    for (const [name, mine] of olds) {
      const theirs = news.get(name);
      if (!mine || !theirs) continue;
      const same =
        before.slice(0, mine.startIndex) === after.slice(0, theirs.startIndex) &&
        before.slice(mine.endIndex) === after.slice(theirs.endIndex);
      if (!same || mine.text === theirs.text) continue;
      return {
        kind: 'replace_symbol_body',
        operations: [
          {
            op: 'replace_symbol_body',
            path,
            symbol: name,
            body: bodyText(language, after, theirs),
          },
        ],
        before,
        after,
        sameAs: (result, wanted) => result === wanted,
      };
    }
    return null;
  } catch (error) {
    // On a busy machine a large file is not parsed in time: it has no operation then.
    if (error.code === 'internal_error') return null;
    throw error;
  } finally {
    for (const tree of trees) tree.delete();
  }
}

/** The innermost functions by qualified name; null for a name that is there twice. */
function functionsOf(root) {
  const found = new Map();
  const visit = (node, parents) => {
    const name = node.childForFieldName('name')?.text;
    const named = name !== undefined && /declaration|definition/.test(node.type);
    const inner = named ? [...parents, name] : parents;
    for (const child of node.namedChildren) if (child) visit(child, inner);
    const body = node.childForFieldName('body');
    if (!FUNCTIONS.has(node.type) || !named || !body) return;
    const key = inner.join('.');
    found.set(key, found.has(key) ? null : body);
  };
  visit(root, []);
  return found;
}

/** What is between the braces, or the block, as a model sends it: whole lines. */
function bodyText(language, text, body) {
  if (language === 'python') {
    const start = text.lastIndexOf('\n', body.startIndex - 1) + 1;
    return text.slice(
      text.slice(start, body.startIndex).trim() === '' ? start : body.startIndex,
      body.endIndex,
    );
  }
  return body.text.startsWith('{') ? body.text.slice(1, -1) : body.text;
}
