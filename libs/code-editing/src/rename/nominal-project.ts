import {
  languageOf,
  loadSyntax,
  type SourceLanguage,
  type SyntaxNode,
  type SyntaxTree,
} from '@hil/knowledge-graph';
import { currentFiles, type EditContext } from '../operations/edit-context.js';
import { Heritage } from './nominal-heritage.js';

export type NominalLanguage = Extract<SourceLanguage, 'java' | 'csharp'>;

/** A parsed Java or C# file with what decides which types it sees. */
export interface NominalFile {
  path: string;
  text: string;
  root: SyntaxNode;
  /** Package, or the namespaces declared in the file. */
  namespaces: string[];
  /** `a.b.C` and `a.b.*` in Java, `A.B` in C#. */
  imports: string[];
}

export const TYPE_DECLARATIONS = [
  'class_declaration',
  'interface_declaration',
  'enum_declaration',
  'record_declaration',
  'struct_declaration',
  'record_struct_declaration',
  'annotation_type_declaration',
  'delegate_declaration',
];

/** The files of one language that mention a name; call {@link NominalProject.close} at the end. */
export class NominalProject {
  private constructor(
    readonly language: NominalLanguage,
    readonly files: readonly NominalFile[],
    /** Namespaces that `global using` brings into every C# file. */
    readonly globals: readonly string[],
    /** Of all files, also those that do not mention the name. */
    readonly heritage: Heritage,
    private readonly trees: readonly SyntaxTree[],
  ) {}

  static async open(
    language: NominalLanguage,
    context: EditContext,
    mentions: (text: string) => boolean,
  ): Promise<NominalProject> {
    const syntax = await loadSyntax(language);
    const files: NominalFile[] = [];
    const trees: SyntaxTree[] = [];
    const globals: string[] = [];
    const heritage = new Heritage();
    for (const path of currentFiles(context).sort()) {
      context.signal.throwIfAborted();
      if (languageOf(path) !== language) continue;
      const text = await context.overlay.tryRead(path).catch(() => null);
      if (text === null) continue;
      for (const [, name = ''] of text.matchAll(/^\s*global\s+using\s+([\w.]+)\s*;/gm))
        globals.push(name);
      heritage.add(text);
      if (!mentions(text)) continue;
      const tree = syntax.parse(text);
      trees.push(tree);
      files.push({ path, text, root: tree.rootNode, ...headOf(tree.rootNode) });
    }
    return new NominalProject(language, files, globals, heritage, trees);
  }

  close(): void {
    for (const tree of this.trees) tree.delete();
  }
}

function headOf(root: SyntaxNode): Pick<NominalFile, 'namespaces' | 'imports'> {
  const namespaces: string[] = [];
  const imports: string[] = [];
  for (const node of root.descendantsOfType([
    'package_declaration',
    'namespace_declaration',
    'file_scoped_namespace_declaration',
    'import_declaration',
    'using_directive',
  ])) {
    if (!node) continue;
    const text = node.text.replace(/\s+/g, ' ');
    if (node.type === 'package_declaration')
      namespaces.push(/package ([\w. ]+?) ?;/.exec(text)?.[1] ?? '');
    else if (node.type === 'import_declaration')
      imports.push(/import (?:static )?([\w.*]+)/.exec(text)?.[1] ?? '');
    else if (node.type === 'using_directive')
      imports.push(/using (?:static )?(?:\w+ = )?([\w.]+)/.exec(text)?.[1] ?? '');
    else namespaces.push(qualifiedNamespace(node));
  }
  return { namespaces, imports };
}

/** The full name of a namespace block inside others. */
function qualifiedNamespace(node: SyntaxNode): string {
  const names: string[] = [];
  for (let at: SyntaxNode | null = node; at; at = at.parent) {
    if (/namespace_declaration$/.test(at.type))
      names.unshift(at.childForFieldName('name')?.text ?? '');
  }
  return names.join('.');
}

/** Declarations of types of a name. */
export function typeDeclarations(file: NominalFile, name: string): SyntaxNode[] {
  return file.root
    .descendantsOfType(TYPE_DECLARATIONS)
    .flatMap((node) => (node?.childForFieldName('name')?.text === name ? [node] : []));
}

/** Declarations of methods of a name. */
export function methodDeclarations(file: NominalFile, name: string): SyntaxNode[] {
  return file.root
    .descendantsOfType('method_declaration')
    .flatMap((node) => (node?.childForFieldName('name')?.text === name ? [node] : []));
}

/** Every leaf that spells the name. */
export function spelled(file: NominalFile, name: string): SyntaxNode[] {
  return file.root
    .descendantsOfType(['identifier', 'type_identifier'])
    .flatMap((node) => (node?.text === name ? [node] : []));
}
