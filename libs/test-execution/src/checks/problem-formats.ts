import { posix } from 'node:path';
import { withoutEscapes } from '../results/without-escapes.js';
import { type Parser, type Problem, type ProblemFormat } from './check.js';
import { checkstyle, maven, spotbugs } from './maven-problems.js';

/** Where the paths of a report belong. */
export interface ProblemPlace {
  root: string;
  cwd: string;
}

const MAX_PROBLEMS = 5_000;

/** What a tool reported; null when its output is not in its format at all, e.g. because it broke. */
export function parseProblems(
  format: ProblemFormat,
  output: { stdout: string; stderr: string; exitCode: number },
  place: ProblemPlace,
): Problem[] | null {
  const text = withoutEscapes(output.stdout);
  const problems = PARSERS[format](text, { ...output, stderr: withoutEscapes(output.stderr) });
  return (
    problems
      ?.slice(0, MAX_PROBLEMS)
      .map((problem) =>
        problem.file === undefined ? problem : { ...problem, file: relative(problem.file, place) },
      ) ?? null
  );
}

const eslintJson: Parser = (text) => {
  const files = json(text);
  if (!Array.isArray(files)) return null;
  return files.flatMap((file: { filePath?: string; messages?: EslintMessage[] }) =>
    (file.messages ?? []).map(({ line, ruleId, message, severity }) => ({
      file: file.filePath ?? '',
      ...(line ? { line } : {}),
      ...(ruleId ? { rule: ruleId } : severity === 2 ? { rule: 'error' } : {}),
      message: message ?? '',
    })),
  );
};
interface EslintMessage {
  line?: number;
  ruleId?: string | null;
  message?: string;
  severity?: number;
}

/** `::error title=lint/x,file=a.ts,line=3,endLine=3,col=1,endColumn=2::Message` */
const biomeGithub: Parser = (text, { exitCode }) => {
  const problems = [...text.matchAll(/^::(?:error|warning) ([^:\n]*(?::(?!:)[^:\n]*)*)::(.*)$/gm)];
  if (problems.length === 0 && exitCode !== 0) return null;
  return problems.map(([, fields = '', message = '']) => {
    const values = new Map(fields.split(',').map((one) => one.split('=', 2) as [string, string]));
    return {
      file: values.get('file') ?? '',
      line: Number(values.get('line') ?? 1),
      rule: values.get('title') ?? 'biome',
      message,
    };
  });
};

/** `[warn] src/a.ts` of `prettier --check`, `[error] src/a.ts: SyntaxError: ...` */
const prettier: Parser = (text, { stderr, exitCode }) => {
  if (exitCode > 2) return null;
  const problems: Problem[] = [];
  for (const line of `${text}\n${stderr}`.split('\n')) {
    const style = /^\[warn\] (.+\.[\w]+)$/.exec(line);
    const error = /^\[error\] (\S+): (.+)$/.exec(line);
    if (style) problems.push({ file: style[1] ?? '', message: 'is not formatted by prettier' });
    else if (error) problems.push({ file: error[1] ?? '', message: error[2] ?? '' });
  }
  return problems.length === 0 && exitCode !== 0 ? null : problems;
};

/** `src/a.ts(3,7): error TS2322: Message`, and errors of no file. */
const tsc: Parser = (text, { exitCode }) => {
  const problems: Problem[] = [];
  for (const line of text.split('\n')) {
    const place = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/.exec(line);
    const whole = /^error (TS\d+): (.*)$/.exec(line);
    if (place)
      problems.push({
        file: place[1] ?? '',
        line: Number(place[2]),
        rule: place[3] ?? '',
        message: place[4] ?? '',
      });
    else if (whole) problems.push({ rule: whole[1] ?? '', message: whole[2] ?? '' });
  }
  return problems.length === 0 && exitCode !== 0 ? null : problems;
};

const ruffJson: Parser = (text) => {
  const found = json(text);
  if (!Array.isArray(found)) return null;
  return found.map(
    (one: {
      filename?: string;
      code?: string | null;
      message?: string;
      location?: { row?: number };
    }) => ({
      file: one.filename ?? '',
      ...(one.location?.row ? { line: one.location.row } : {}),
      rule: one.code ?? 'syntax-error',
      message: one.message ?? '',
    }),
  );
};

/** `a.py:3:1: F401 message` */
const lines: Parser = (text, { exitCode }) => {
  const problems = [...text.matchAll(/^(.+?):(\d+):(?:\d+:)? ([A-Z]+\d+) (.*)$/gm)].map(
    ([, file = '', line = '', rule = '', message = '']) => ({
      file,
      line: Number(line),
      rule,
      message,
    }),
  );
  return problems.length === 0 && exitCode > 1 ? null : problems;
};

/** `a.py:3: error: Message  [code]` */
const mypy: Parser = (text, { exitCode }) => {
  const problems = [
    ...text.matchAll(/^(.+?):(\d+):(?:\d+:)? error: (.*?)(?: {2}\[([\w-]+)\])?$/gm),
  ].map(([, file = '', line = '', message = '', rule]) => ({
    file,
    line: Number(line),
    message,
    ...(rule === undefined ? {} : { rule }),
  }));
  return problems.length === 0 && exitCode !== 0 ? null : problems;
};

const pyrightJson: Parser = (text) => {
  const report = json(text);
  const found =
    typeof report === 'object' && report !== null && 'generalDiagnostics' in report
      ? report.generalDiagnostics
      : null;
  if (!Array.isArray(found)) return null;
  return found
    .filter(({ severity }: { severity?: string }) => severity === 'error')
    .map(
      (one: {
        file?: string;
        message?: string;
        rule?: string;
        range?: { start?: { line?: number } };
      }) => ({
        file: one.file ?? '',
        line: (one.range?.start?.line ?? 0) + 1,
        message: one.message ?? '',
        ...(one.rule === undefined ? {} : { rule: one.rule }),
      }),
    );
};

/** `/path/A.cs(3,7): error CS0103: Message [/path/A.csproj]` */
const msbuild: Parser = (text, { exitCode }) => {
  const found = [
    ...text.matchAll(/^\s*(.+?)\((\d+),\d+\): (?:error|warning) (\w+): (.*?)(?: \[[^\]]+\])?$/gm),
  ].map(([, file = '', line = '', rule = '', message = '']) => ({
    file,
    line: Number(line),
    rule,
    message,
  }));
  const unique = new Map(found.map((one) => [JSON.stringify(one), one]));
  return unique.size === 0 && exitCode !== 0 ? null : [...unique.values()];
};

/** A command of `.hil.yml`: it is content, or it is not. */
const exitCodeOnly: Parser = (text, { stderr, exitCode }) =>
  exitCode === 0
    ? []
    : [
        {
          message: `exit code ${exitCode}: ${`${text}\n${stderr}`.trim().split('\n').slice(-5).join('\n')}`,
        },
      ];

const PARSERS: Record<ProblemFormat, Parser> = {
  'eslint-json': eslintJson,
  'biome-github': biomeGithub,
  prettier,
  tsc,
  'ruff-json': ruffJson,
  lines,
  mypy,
  'pyright-json': pyrightJson,
  maven,
  checkstyle,
  spotbugs,
  msbuild,
  exit_code: exitCodeOnly,
};

function relative(path: string, { root, cwd }: ProblemPlace): string {
  return posix.isAbsolute(path) ? posix.relative(root, path) : posix.join(cwd, path);
}

function json(text: string): unknown {
  // Tools that print a notice before their report.
  const start = text.search(/[[{]/);
  try {
    return JSON.parse(start > 0 ? text.slice(start) : text);
  } catch {
    return null;
  }
}
