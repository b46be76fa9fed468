import type { StaticRule } from './rule.js';
import { csharpRules } from './rules/csharp.js';
import { javaRules } from './rules/java.js';
import { javascriptRules } from './rules/javascript.js';
import { pythonRules } from './rules/python.js';

/** Every rule of ours. */
export const STATIC_RULES: readonly StaticRule[] = [
  ...javascriptRules,
  ...pythonRules,
  ...javaRules,
  ...csharpRules,
];
