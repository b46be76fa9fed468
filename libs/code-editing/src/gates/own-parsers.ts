import { execFile } from 'node:child_process';
import { parse as parseJsonc, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { lineAt } from '../text/text-edit.js';
import { typescriptSyntax } from '../typescript/typescript-syntax.js';

/** What a parser objects to. */
export interface ParserProblem {
  /** 1-based. */
  line: number;
  message: string;
}

type Parser = (
  text: string,
  path: string,
  strict: boolean,
) => Promise<ParserProblem[]> | ParserProblem[];

/** Above this a file is data or generated, and parsing it costs more than it tells. */
const MAX_CHARS = 1024 * 1024;
const PYTHON_PATIENCE_MS = 20_000;
const PARSERS: readonly [RegExp, Parser][] = [
  [/\.(?:[cm]?[jt]s|[jt]sx)$/i, typescriptProblems],
  [/\.pyi?$/i, pythonProblems],
  [/\.(?:json|jsonc)$/i, (text, _path, strict) => jsonProblems(text, strict)],
  [/\.ya?ml$/i, yamlProblems],
];

/**
 * What the own parser of a file's language says of its text, as far as it is at hand: the TypeScript compiler,
 * `python3` for its indentation, and the parsers of JSON and YAML. None is loaded before a file needs it.
 * Nothing of the text is run.
 *
 * @param strict whether JSON with comments or trailing commas is objected to: true where a file had none
 */
export async function ownParserProblems(
  path: string,
  text: string,
  strict: boolean,
): Promise<ParserProblem[]> {
  if (text.length > MAX_CHARS) return [];
  const parser = PARSERS.find(([pattern]) => pattern.test(path))?.[1];
  return parser === undefined ? [] : parser(text, path, strict);
}

/** Without an answer in time the syntax tree alone decides. */
async function typescriptProblems(text: string, path: string): Promise<ParserProblem[]> {
  return (await typescriptSyntax({ path, text })) ?? [];
}

/** Of a newer Python only the indentation means the same everywhere; `ast.parse` compiles and runs nothing. */
const PYTHON = `
import ast, sys
try:
    ast.parse(sys.stdin.buffer.read())
except IndentationError as error:
    print(error.lineno or 1, error.msg)
except (SyntaxError, ValueError, RecursionError, MemoryError):
    pass
`;

function pythonProblems(text: string): Promise<ParserProblem[]> {
  return new Promise((resolve) => {
    const child = execFile(
      'python3',
      ['-I', '-S', '-c', PYTHON],
      { timeout: PYTHON_PATIENCE_MS, env: {} },
      // Found on the system's own path. Without it, or when it ends otherwise, the syntax tree alone
      // decides.
      (_error, stdout) => {
        const found = /^(\d+) (.*)/.exec(stdout);
        resolve(found ? [{ line: Number(found[1]), message: found[2] ?? '' }] : []);
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(text);
  });
}

/** True for a text that is JSON without comments and trailing commas. */
export function isStrictJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function jsonProblems(text: string, strict: boolean): ParserProblem[] {
  const errors: ParseError[] = [];
  parseJsonc(text, errors, {
    allowTrailingComma: !strict,
    disallowComments: strict,
    allowEmptyContent: true,
  });
  return errors.map(({ error, offset }) => ({
    line: lineAt(text, offset),
    message: printParseErrorCode(error),
  }));
}

async function yamlProblems(text: string): Promise<ParserProblem[]> {
  // A template of YAML becomes YAML only later.
  if (text.includes('{{') || text.includes('{%')) return [];
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(text, { logLevel: 'silent', prettyErrors: false });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap(({ errors }) =>
    errors.map(({ pos, message }) => ({ line: lineAt(text, pos[0]), message })),
  );
}
