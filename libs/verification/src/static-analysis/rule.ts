/** Languages the rules are written for, as the parser names them. */
export type RuleLanguage = 'javascript' | 'typescript' | 'tsx' | 'python' | 'java' | 'csharp';

/** The kinds of weakness the rules look for. */
export type Weakness =
  | 'command injection'
  | 'SQL injection'
  | 'path traversal'
  | 'weak cryptography'
  | 'unsafe deserialisation'
  | 'disabled TLS check'
  | 'XML external entities'
  | 'hard-coded credential'
  | 'code injection';

/** A condition of ast-grep: a pattern, a kind of node, a regular expression, or a combination. */
export type Condition = Record<string, unknown>;

/** One rule. `rule` and `constraints` are ast-grep's own format. */
export interface StaticRule {
  id: string;
  weakness: Weakness;
  /** CWE number. */
  cwe: number;
  languages: readonly RuleLanguage[];
  /** What is wrong and what to do, in one sentence. */
  message: string;
  rule: Condition;
  constraints?: Record<string, Condition>;
}

/** Names of variables and fields that hold credentials. */
export const CREDENTIAL_NAME =
  '(?i)(password|passwd|secret|secretkey|api_?key|access_?token|auth_?token)$';

/** Any of several patterns. */
export function anyOf(...patterns: string[]): Condition {
  return { any: patterns.map((pattern) => ({ pattern })) };
}

/** Calls of any of the named functions; their first argument is the metavariable FIRST. */
export function firstArgument(...functions: string[]): Condition {
  return anyOf(...functions.flatMap((name) => [`${name}($FIRST)`, `${name}($FIRST, $$$)`]));
}
