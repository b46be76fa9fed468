import type { FlatNode as Node } from '../../syntax/flat-node.js';
import type { ImportFact } from '../file-facts.js';
import { lineOf, type FactsCollector } from '../facts-collector.js';

/**
 * `import a.b as c` binds c to the module; `import a.b` binds `a.b`, dots and all, which is how
 * its uses are written. `from m import x` binds x, a name in m or a submodule of it.
 */
export function readPythonImport(node: Node, into: FactsCollector): void {
  const line = lineOf(node);
  const listed = node.childrenForFieldName('name').map(readName);
  const source = node.childForFieldName('module_name');
  if (!source) {
    for (const { imported, local } of listed) {
      const names = [{ imported: '*', local }];
      into.facts.imports.push({ raw: imported, line, names, kind: 'import' });
    }
    return;
  }
  const wildcard = node.namedChildren.some((one) => one.type === 'wildcard_import');
  const names: ImportFact['names'] = wildcard ? [{ imported: '*', local: '*' }] : listed;
  into.facts.imports.push({ raw: source.text.replace(/\s+/g, ''), line, names, kind: 'import' });
}

function readName(node: Node): { imported: string; local: string } {
  const imported = node.childForFieldName('name')?.text ?? node.text;
  return { imported, local: node.childForFieldName('alias')?.text ?? imported };
}
