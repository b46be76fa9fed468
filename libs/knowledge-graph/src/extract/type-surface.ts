import { createHash } from 'node:crypto';
import type { FlatNode } from '../syntax/flat-node.js';
import type { FileFacts } from './file-facts.js';

const FUNCTIONS = [
  'function_declaration',
  'generator_function_declaration',
  'function_expression',
  'generator_function',
  'arrow_function',
  'method_definition',
];
/** What reaches into files that do not import this one. */
const GLOBAL = /\bdeclare\s+(?:global|module)\b|\bexport\s+as\s+namespace\b/;

/**
 * What the types of a TypeScript or JavaScript file look like from other files, as a hash: its text without
 * the bodies of functions whose return type is written, for nothing outside can depend on those.
 * Constructors have no return type, and their bodies give fields a type, so they stay; so does all
 * of JavaScript, where a body may add to what is around it, and of files the parser could not read whole.
 */
export function typeSurface(
  root: FlatNode,
  text: string,
  facts: Pick<FileFacts, 'language' | 'symbols' | 'imports' | 'exports' | 'hasSyntaxErrors'>,
): NonNullable<FileFacts['types']> {
  const { language, symbols, imports, exports, hasSyntaxErrors } = facts;
  const hash = createHash('sha1');
  let from = 0;
  const hidesBodies = language !== 'javascript' && !hasSyntaxErrors;
  for (const node of hidesBodies ? root.descendantsOfType(FUNCTIONS) : []) {
    const body = node.childForFieldName('body');
    const isHidden = body?.type === 'statement_block' && node.childForFieldName('return_type');
    // What stands in a hidden body comes after it in the list.
    if (!body || !isHidden || body.startIndex < from) continue;
    hash.update(text.slice(from, body.startIndex)).update('\0');
    from = body.endIndex;
  }
  hash.update(text.slice(from));
  // Calls are kept by the ids of symbols, and those count what has the same name.
  for (const { qualified } of symbols) hash.update(`\0${qualified}`);
  const isModule =
    root.namedChildren.some(
      ({ type }) => type === 'import_statement' || type === 'export_statement',
    ) ||
    (language === 'javascript' && imports.length + exports.length > 0);
  return { surface: hash.digest('base64'), isGlobal: !isModule || GLOBAL.test(text) };
}
