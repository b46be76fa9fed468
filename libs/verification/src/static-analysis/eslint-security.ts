import { extname } from 'node:path';
import { languageOf } from './analyse.js';
import { type Finding, fingerprintOf } from './new-findings.js';

/**
 * Left out: `detect-object-injection` and the `non-literal` rules for files, modules and expressions fire on
 * ordinary code (every `map[key]`), which would ask a person about every change; our own rules look for
 * the dangerous cases of them. `detect-child-process` is there.
 */
const RULES = [
  'detect-bidi-characters',
  'detect-buffer-noassert',
  'detect-child-process',
  'detect-disable-mustache-escape',
  'detect-eval-with-expression',
  'detect-invisible-characters',
  'detect-new-buffer',
  'detect-no-csrf-before-method-override',
  'detect-possible-timing-attacks',
  'detect-pseudoRandomBytes',
  'detect-unsafe-regex',
] as const;

type Lint = (text: string, extension: string) => Finding[] | null;
let loading: Promise<Lint> | undefined;

/**
 * Holds one JavaScript or TypeScript file to eslint-plugin-security. ESLint is used as a library on the text:
 * it reads no configuration, plugin, parser or ignore file of the repository, and no comment in the text can
 * switch a rule off, so nothing of the repository runs and no sandbox is needed.
 * @returns null when the file can not be parsed
 */
export async function lintSecurity(path: string, text: string): Promise<Finding[] | null> {
  loading ??= loadLinter();
  const lint = await loading;
  const findings = lint(text, extname(path).toLowerCase());
  return findings === null ? null : findings.map((finding) => ({ ...finding, path }));
}

/** Whether {@link lintSecurity} has rules for a file. */
export function isLintable(path: string): boolean {
  const language = languageOf(path);
  return language === 'javascript' || language === 'typescript' || language === 'tsx';
}

/** Loaded with the first such file: 0.4 s. */
async function loadLinter(): Promise<Lint> {
  const [{ Linter }, security, parser] = await Promise.all([
    import('eslint'),
    import('eslint-plugin-security'),
    import('@typescript-eslint/parser'),
  ]);
  const linter = new Linter({ configType: 'flat' });
  return (text, extension) => {
    // Plain JavaScript may hold JSX; the parser tells by the name.
    const name = /^\.[cm]?ts$/.test(extension) ? 'file.ts' : 'file.tsx';
    const messages = linter.verify(
      text,
      [
        {
          files: ['**/*.ts', '**/*.tsx'],
          plugins: { security: security.default },
          languageOptions: { parser, sourceType: 'module' },
          rules: Object.fromEntries(RULES.map((rule) => [`security/${rule}`, 'error' as const])),
        },
      ],
      { filename: name, allowInlineConfig: false },
    );
    if (messages.some(({ fatal }) => fatal === true)) return null;
    const lines = text.split('\n');
    return messages.map(({ ruleId, line, message }) => ({
      path: '',
      line,
      message: `${message} (${ruleId ?? 'security'})`,
      fingerprint: fingerprintOf(ruleId ?? '', lines[line - 1] ?? ''),
    }));
  };
}
