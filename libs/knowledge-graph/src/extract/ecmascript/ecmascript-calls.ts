import type { FlatNode as Node } from '../../syntax/flat-node.js';
import { lineOf, stringValue, type FactsCollector } from '../facts-collector.js';
import { requiredName, requiredSpecifier } from './ecmascript-modules.js';

/** A call, or an import that is written as one: `import()`, `require()`. */
export function readCall(node: Node, into: FactsCollector, within: number | null): void {
  const callee = node.childForFieldName('function');
  if (callee?.type === 'import') {
    const raw = stringValue(node.childForFieldName('arguments')?.namedChild(0) ?? null);
    if (raw) into.facts.imports.push({ raw, line: lineOf(node), names: [], kind: 'dynamic' });
  } else if (callee) {
    const name = dotted(callee);
    if (name === 'require') {
      const raw = stringValue(node.childForFieldName('arguments')?.namedChild(0) ?? null);
      const bound = into.facts.imports.some((one) => one.raw === raw && one.line === lineOf(node));
      if (raw && !bound) {
        const names = [{ imported: '*', local: requiredName(node) }];
        into.facts.imports.push({ raw, line: lineOf(node), names, kind: 'import' });
      }
    } else if (name && name !== 'super') {
      into.call(lastName(callee), name, within);
      if (/(^|\.)(listen|bootstrap)$/.test(name)) into.facts.isEntryPoint = true;
    }
  }
}

export function readNew(node: Node, into: FactsCollector, within: number | null): void {
  const name = node.childForFieldName('constructor');
  const callee = name && dotted(name);
  if (name && callee) into.call(lastName(name), callee, within);
}

/** `<Component />` calls the component. */
export function readJsx(node: Node, into: FactsCollector, within: number | null): void {
  const name = node.childForFieldName('name')?.text ?? '';
  if (/^[A-Z][\w.]*$/.test(name)) into.call(node, name, within);
}

/** The name that says what is called: in a chain over several lines, it has a line of its own. */
function lastName(callee: Node): Node {
  return callee.childForFieldName('property') ?? callee;
}

/** `a.b?.c` as `a.b.c`; calls on other expressions keep the last name: `?.then`. */
function dotted(node: Node): string | null {
  switch (node.type) {
    case 'identifier':
    case 'this':
    case 'super':
    case 'type_identifier':
      return node.text;
    case 'non_null_expression':
    case 'parenthesized_expression': {
      const held = node.namedChild(0);
      return held ? dotted(held) : null;
    }
    case 'member_expression': {
      const object = node.childForFieldName('object');
      const property = node.childForFieldName('property')?.text;
      if (!object || !property) return null;
      if (requiredSpecifier(object) !== null) return `${requiredName(object)}.${property}`;
      if (object.type === 'new_expression') return `?.${property}`;
      return `${dotted(object) ?? '?'}.${property}`;
    }
    default:
      return null;
  }
}
