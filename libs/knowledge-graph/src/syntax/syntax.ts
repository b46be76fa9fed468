import { Parser, type Node, type Tree } from 'web-tree-sitter';
import { HilError } from '@hil/contracts';
import type { FlatNode } from './flat-node.js';
import { grammarNames, TreeFlattener } from './flat-tree.js';
import { loadGrammar } from './grammar.js';
import type { SourceLanguage } from './language.js';

/** One place where the text does not fit the grammar; line and column are 1-based. */
export interface SyntaxProblem {
  line: number;
  column: number;
  message: string;
}

/** A parser of one language. Offsets in its trees are UTF-16 units, so they index JS strings. */
export interface Syntax {
  readonly language: SourceLanguage;
  /**
   * Parses a whole file. The caller frees the tree with `tree.delete()`.
   * @throws HilError `internal_error` when parsing takes longer than `timeoutMs` (default 10 s).
   */
  parse(text: string, timeoutMs?: number): Tree;
  /**
   * Parses a whole file and hands over a flat copy of its tree, which is void after `visit` returns.
   * What it may cost is bounded by the text's length and not by a clock, so that a busy machine gives
   * the same answer.
   * @throws HilError `internal_error` when the parser finds no way through the text within the bound.
   */
  read<T>(text: string, visit: (root: FlatNode, hasError: boolean) => T): T;
  /** True when the text holds an ERROR or MISSING node. */
  hasError(text: string): boolean;
  /** Every ERROR and MISSING node, in text order. */
  errors(text: string): SyntaxProblem[];
}

/**
 * The parser reports every hundred operations. Sound sources take about 0.03 reports a character,
 * a tenth of what is allowed; texts that lead it into endless error recovery take many times that.
 */
const STEPS_A_CHARACTER = 0.3;
const FEWEST_STEPS = 10_000;

const syntaxes = new Map<SourceLanguage, Promise<Syntax>>();

/** Loads the grammar of a language (once per thread) and returns its parser. */
export function loadSyntax(language: SourceLanguage): Promise<Syntax> {
  let syntax = syntaxes.get(language);
  if (!syntax) {
    syntax = loadGrammar(language).then((grammar) => {
      const parser = new Parser();
      parser.setLanguage(grammar);
      return new GrammarSyntax(language, parser, new TreeFlattener(grammarNames(grammar)));
    });
    syntaxes.set(language, syntax);
  }
  return syntax;
}

/** The syntax errors of a text: ERROR and MISSING nodes of its tree, none for a sound text. */
export async function syntaxErrors(
  language: SourceLanguage,
  text: string,
): Promise<SyntaxProblem[]> {
  return (await loadSyntax(language)).errors(text);
}

class GrammarSyntax implements Syntax {
  constructor(
    readonly language: SourceLanguage,
    private readonly parser: Parser,
    private readonly flattener: TreeFlattener,
  ) {}

  parse(text: string, timeoutMs = 10_000): Tree {
    const deadline = Date.now() + timeoutMs;
    return this.parseUntil(text, () => Date.now() > deadline, `took longer than ${timeoutMs} ms`);
  }

  read<T>(text: string, visit: (root: FlatNode, hasError: boolean) => T): T {
    let left = FEWEST_STEPS + text.length * STEPS_A_CHARACTER;
    const tree = this.parseUntil(text, () => (left -= 1) < 0, 'took too many steps');
    try {
      return visit(this.flattener.flatten(tree, text), tree.rootNode.hasError);
    } finally {
      tree.delete();
    }
  }

  private parseUntil(text: string, isOver: () => boolean, what: string): Tree {
    const tree = this.parser.parse(text, null, { progressCallback: isOver });
    if (tree) return tree;
    this.parser.reset();
    throw new HilError(
      'internal_error',
      `Parsing ${this.language} source of ${text.length} characters ${what}; the file is probably generated. Exclude it or split it.`,
    );
  }

  hasError(text: string): boolean {
    const tree = this.parse(text);
    try {
      return tree.rootNode.hasError;
    } finally {
      tree.delete();
    }
  }

  errors(text: string): SyntaxProblem[] {
    const tree = this.parse(text);
    try {
      return problemsIn(tree.rootNode);
    } finally {
      tree.delete();
    }
  }
}

function problemsIn(root: Node): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  const open: Node[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.isError || node.isMissing) {
      problems.push({
        line: node.startPosition.row + 1,
        column: node.startPosition.column + 1,
        message: node.isMissing ? `missing ${node.type}` : unexpected(node),
      });
    }
    // A subtree without errors is skipped whole: the walk costs what the errors cost.
    if (node.hasError) open.push(...node.children.reverse());
  }
  return problems;
}

function unexpected(node: Node): string {
  const [line = ''] = node.text.trim().split('\n');
  return line === ''
    ? 'unexpected end of input'
    : `unexpected ${JSON.stringify(line.slice(0, 60))}`;
}
