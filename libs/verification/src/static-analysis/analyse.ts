import { posix } from 'node:path';
import type * as AstGrep from '@ast-grep/napi';
import { type Finding, fingerprintOf } from './new-findings.js';
import type { RuleLanguage, StaticRule } from './rule.js';
import { STATIC_RULES } from './rules.js';

/** A weakness in one place. Never holds the text of the line: it may be a credential. */
export interface StaticFinding extends Finding {
  rule: string;
  weakness: StaticRule['weakness'];
  cwe: number;
}

const LANGUAGE_OF: Readonly<Record<string, RuleLanguage>> = {
  '.js': 'javascript',
  '.jsx': 'javascript',
  '.mjs': 'javascript',
  '.cjs': 'javascript',
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.cts': 'typescript',
  '.tsx': 'tsx',
  '.py': 'python',
  '.java': 'java',
  '.cs': 'csharp',
};
/** Test code may hold all of it on purpose. */
const TEST_FILE =
  /(^|\/)(tests?|__tests__|spec|fixtures?)\/|[._-](test|spec)\.|(^|\/)test_|Tests?\.(java|cs)$/i;

/** The language whose rules a file is held to; undefined where there are none. */
export function languageOf(path: string): RuleLanguage | undefined {
  return TEST_FILE.test(path) ? undefined : LANGUAGE_OF[posix.extname(path).toLowerCase()];
}

type Napi = typeof AstGrep;
let loading: Promise<Napi> | undefined;

/** The parser, with its languages: loaded when the first change is analysed, 20 ms. */
function loadParser(): Promise<Napi> {
  loading ??= (async () => {
    const [napi, python, java, csharp] = await Promise.all([
      import('@ast-grep/napi'),
      import('@ast-grep/lang-python'),
      import('@ast-grep/lang-java'),
      import('@ast-grep/lang-csharp'),
    ]);
    napi.registerDynamicLanguage({
      python: python.default,
      java: java.default,
      csharp: csharp.default,
    });
    return napi;
  })();
  return loading;
}

/** Holds one file to the rules of its language. */
export async function analyseFile(path: string, text: string): Promise<StaticFinding[]> {
  const language = languageOf(path);
  if (language === undefined) return [];
  const napi = await loadParser();
  const root = napi.parse(NAME[language], text).root();
  const findings: StaticFinding[] = [];
  for (const rule of STATIC_RULES) {
    if (!rule.languages.includes(language)) continue;
    const { constraints } = rule;
    const matches = root.findAll({
      rule: rule.rule,
      ...(constraints === undefined ? {} : { constraints }),
    } as Parameters<typeof root.findAll>[0]);
    for (const match of matches) {
      findings.push({
        path,
        line: match.range().start.line + 1,
        rule: rule.id,
        weakness: rule.weakness,
        cwe: rule.cwe,
        message: rule.message,
        fingerprint: fingerprintOf(rule.id, match.text()),
      });
    }
  }
  return findings;
}

/** The parser's own names of its built-in languages. */
const NAME: Readonly<Record<RuleLanguage, string>> = {
  javascript: 'JavaScript',
  typescript: 'TypeScript',
  tsx: 'Tsx',
  python: 'python',
  java: 'java',
  csharp: 'csharp',
};
