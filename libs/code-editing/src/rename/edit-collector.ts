import type { SyntaxNode } from '@hil/knowledge-graph';
import type { TextEdit } from '../text/text-edit.js';
import type { RenamedFile } from './rename-symbol.js';

/** Collects edits by file; the same place is edited once. */
export class EditCollector {
  private readonly byFile = new Map<string, Map<number, TextEdit>>();

  add(path: string, start: number, end: number, text: string): void {
    const edits = this.byFile.get(path) ?? new Map<number, TextEdit>();
    edits.set(start, { start, end, text });
    this.byFile.set(path, edits);
  }

  addNode(path: string, node: SyntaxNode, text: string): void {
    this.add(path, node.startIndex, node.endIndex, text);
  }

  has(path: string, node: SyntaxNode): boolean {
    return this.byFile.get(path)?.has(node.startIndex) ?? false;
  }

  files(): RenamedFile[] {
    return [...this.byFile].map(([path, edits]) => ({
      path,
      edits: [...edits.values()].sort((a, b) => a.start - b.start),
    }));
  }
}
