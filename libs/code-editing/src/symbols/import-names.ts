import { isEcmaScript, type SourceLanguage, type SyntaxNode } from '@hil/knowledge-graph';

/** A name that an import binds. */
export interface ImportedName {
  /** As the file calls it. */
  local: string;
  /** What it is there: the module and the name in it. */
  origin: string;
  /** Usable as a type alone (TypeScript). */
  typeOnly: boolean;
  /** 1-based. */
  line: number;
}

/** The names that an import statement binds; none for those that bind all of a module, or nothing. */
export function importedNames(language: SourceLanguage, node: SyntaxNode): ImportedName[] {
  const line = node.startPosition.row + 1;
  const bind = (local: string, origin: string, typeOnly = false): ImportedName => ({
    local,
    origin,
    typeOnly,
    line,
  });
  if (isEcmaScript(language)) return ecmaScriptNames(node, bind);
  if (language === 'python') return pythonNames(node, bind);
  const java = /^import\s+(?:static\s+)?([\w.]+)\.(\w+)\s*;/.exec(node.text);
  return language === 'java' && java ? [bind(java[2] ?? '', java[1] ?? '')] : [];
}

type Bind = (local: string, origin: string, typeOnly?: boolean) => ImportedName;

function ecmaScriptNames(node: SyntaxNode, bind: Bind): ImportedName[] {
  const module = node.childForFieldName('source')?.text.slice(1, -1) ?? '';
  const clause = node.namedChildren.find((child) => child?.type === 'import_clause');
  const types = /^import\s+type\b/.test(node.text);
  return (clause?.namedChildren ?? []).flatMap((child) => {
    if (child?.type === 'identifier') return [bind(child.text, `${module} default`, types)];
    if (child?.type === 'namespace_import')
      return [bind(child.firstNamedChild?.text ?? '', `${module} *`, types)];
    return (child?.namedChildren ?? []).flatMap((specifier) => {
      const name = specifier?.childForFieldName('name')?.text;
      if (name === undefined || specifier === null) return [];
      const local = specifier.childForFieldName('alias')?.text ?? name;
      return [bind(local, `${module} ${name}`, types || /^type\s/.test(specifier.text))];
    });
  });
}

function pythonNames(node: SyntaxNode, bind: Bind): ImportedName[] {
  const module = node.childForFieldName('module_name')?.text;
  return node.childrenForFieldName('name').flatMap((child) => {
    const name = child?.childForFieldName('name')?.text ?? child?.text ?? '';
    const alias = child?.childForFieldName('alias')?.text;
    // `import a.b` binds a, together with every other import below a.
    if (module === undefined && alias === undefined && name.includes('.')) return [];
    return [bind(alias ?? name, module === undefined ? name : `${module} ${name}`)];
  });
}
