import type { FlatNode as Node } from '../../syntax/flat-node.js';
import { childOfType, fieldText, type OutlineRules } from './outline-rules.js';

/** C and C++, both by the C++ grammar: quoted includes name files of the project. */
export const CPP: OutlineRules = {
  symbols: {
    function_definition: {
      kind: 'function',
      names: declaredNames,
      owner: scopeOf,
      returnType: (node) => fieldText(node, 'type'),
    },
    declaration: {
      kind: declaredKind,
      names: declaredNames,
      returnType: (node) => fieldText(node, 'type'),
    },
    field_declaration: {
      kind: declaredKind,
      names: declaredNames,
      returnType: (node) => fieldText(node, 'type'),
    },
    class_specifier: { kind: 'class', names: namesWithBody, hasMembers: true },
    struct_specifier: { kind: 'class', names: namesWithBody, hasMembers: true },
    union_specifier: { kind: 'class', names: namesWithBody, hasMembers: true },
    enum_specifier: { kind: 'enum', names: namesWithBody },
    type_definition: { kind: 'type', names: declaredNames },
    alias_declaration: { kind: 'type' },
    preproc_function_def: { kind: 'function' },
  },
  imports: { preproc_include: readInclude },
  namespaces: { namespace_definition: (node) => fieldText(node, 'name') },
  groups: new Set([
    'namespace_definition',
    'declaration_list',
    'field_declaration_list',
    'template_declaration',
    'linkage_specification',
    'preproc_ifdef',
    'preproc_if',
    'preproc_else',
    'preproc_elif',
  ]),
  visibility: (node) => {
    const section = sectionOf(node);
    if (section !== null) return section;
    return childOfType(node, 'storage_class_specifier')?.text === 'static' ? 'private' : 'public';
  },
  isEntryPoint: ({ name, kind }) => name === 'main' && kind === 'function',
};

function namesWithBody(node: Node): string[] {
  const name = fieldText(node, 'name');
  return name !== null && node.childForFieldName('body') ? [name] : [];
}

/** The innermost names of the declarators, through pointers, arrays, parameters and initialisers. */
function declaredNames(node: Node): string[] {
  return node.childrenForFieldName('declarator').flatMap((one) => {
    const name = nameNode(one);
    return name ? [name.text] : [];
  });
}

function nameNode(declarator: Node): Node | null {
  if (/^(?:field_|type_)?identifier$|^(?:destructor|operator)_name$/.test(declarator.type))
    return declarator;
  if (declarator.type === 'qualified_identifier') {
    const name = declarator.childForFieldName('name');
    return name && nameNode(name);
  }
  const inner = declarator.childForFieldName('declarator') ?? declarator.namedChild(0);
  return inner && nameNode(inner);
}

function declaredKind(node: Node): 'function' | 'variable' {
  const isFunction = node.childrenForFieldName('declarator').some((one) => functionDeclarator(one));
  return isFunction ? 'function' : 'variable';
}

function functionDeclarator(node: Node): boolean {
  if (node.type === 'function_declarator') return true;
  const inner = node.childForFieldName('declarator');
  return inner !== null && functionDeclarator(inner);
}

/** `int n::C::f()` belongs to C. */
function scopeOf(node: Node): string | null {
  const [qualified] =
    node.childForFieldName('declarator')?.descendantsOfType('qualified_identifier') ?? [];
  const parts = qualified?.text.split('::') ?? [];
  return parts.at(-2)?.replace(/<.*$/, '') ?? null;
}

function readInclude(node: Node): { raw: string }[] {
  const path = node.childForFieldName('path');
  if (path?.type === 'string_literal') return [{ raw: path.text.slice(1, -1) }];
  return path?.type === 'system_lib_string' ? [{ raw: path.text }] : [];
}

/** What `private:`, `protected:` or `public:` above a member says; without one, what its kind of class does. */
function sectionOf(node: Node): 'private' | 'protected' | 'public' | null {
  let member = node;
  for (let list = node.parent; list; list = list.parent) {
    let last: string | null = null;
    for (const child of list.children) {
      if (child.equals(member)) break;
      if (child.type === 'access_specifier') last = child.text;
    }
    if (last === 'private' || last === 'protected' || last === 'public') return last;
    if (list.type === 'field_declaration_list')
      return list.parent?.type === 'class_specifier' ? 'private' : 'public';
    // Inside a class, templates and conditions are all that may stand around a member.
    if (!/^(?:template_declaration|preproc_)/.test(list.type)) return null;
    member = list;
  }
  return null;
}
