import { parentPort } from 'node:worker_threads';
import ts from 'typescript';
import { lineAt } from '../../text/text-edit.js';

/** One text to be judged. */
export interface SyntaxRequest {
  path: string;
  text: string;
}

/** What the compiler objects to; lines are 1-based. */
export interface SyntaxProblem {
  line: number;
  message: string;
}

/** What the compiler says of the syntax of one file. Nothing is looked up, checked or run. */
function problemsOf({ path, text }: SyntaxRequest): SyntaxProblem[] {
  const target = ts.ScriptTarget.ESNext;
  const file = ts.createSourceFile(path, text, target);
  const program = ts.createProgram({
    rootNames: [path],
    options: { target, allowJs: true, noLib: true, noResolve: true, jsx: ts.JsxEmit.Preserve },
    host: {
      getSourceFile: (name) => (name === path ? file : undefined),
      fileExists: (name) => name === path,
      readFile: () => undefined,
      writeFile: () => undefined,
      getDefaultLibFileName: () => '',
      getCurrentDirectory: () => '',
      getCanonicalFileName: (name) => name,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
    },
  });
  return (
    program
      .getSyntacticDiagnostics(file)
      // From 8000 on: types in JavaScript, which other compilers read.
      .filter(({ code }) => code < 8000 || code >= 9000)
      .map(({ start, messageText }) => ({
        line: lineAt(text, start),
        message: ts.flattenDiagnosticMessageText(messageText, ' '),
      }))
  );
}

parentPort?.on('message', (request: SyntaxRequest) => {
  parentPort?.postMessage(problemsOf(request));
});
