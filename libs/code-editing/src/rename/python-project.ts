import { loadSyntax, type SyntaxNode, type SyntaxTree } from '@hil/knowledge-graph';
import { currentFiles, type EditContext } from '../operations/edit-context.js';
import { PythonModules } from './python-modules.js';

/** A parsed Python file; trees are freed by {@link PythonProject.close}. */
export interface PythonFile {
  path: string;
  text: string;
  root: SyntaxNode;
}

/** The Python files of a repository that mention a word, parsed on demand. */
export class PythonProject {
  readonly modules: PythonModules;
  private readonly parsed = new Map<string, { file: PythonFile; tree: SyntaxTree }>();

  private constructor(
    readonly context: EditContext,
    readonly paths: readonly string[],
    private readonly parse: (text: string) => SyntaxTree,
  ) {
    this.modules = new PythonModules(paths);
  }

  static async open(context: EditContext): Promise<PythonProject> {
    const syntax = await loadSyntax('python');
    const paths = currentFiles(context).filter((path) => /\.pyi?$/.test(path));
    return new PythonProject(context, paths.sort(), (text) => syntax.parse(text));
  }

  async file(path: string): Promise<PythonFile> {
    const known = this.parsed.get(path);
    if (known) return known.file;
    const text = await this.context.overlay.read(path);
    const tree = this.parse(text);
    const file = { path, text, root: tree.rootNode };
    this.parsed.set(path, { file, tree });
    return file;
  }

  /** Every file for whose text the test holds. */
  async filesWhere(test: (text: string) => boolean): Promise<PythonFile[]> {
    const files: PythonFile[] = [];
    for (const path of this.paths) {
      this.context.signal.throwIfAborted();
      const text = await this.context.overlay.tryRead(path).catch(() => null);
      if (text !== null && test(text)) files.push(await this.file(path));
    }
    return files;
  }

  close(): void {
    for (const { tree } of this.parsed.values()) tree.delete();
  }
}
