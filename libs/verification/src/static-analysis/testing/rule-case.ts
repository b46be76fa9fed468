/** Code that a rule finds, and code that it leaves alone. */
export interface RuleCase {
  rule: string;
  /** Its extension says the language. */
  file: string;
  bad: string[];
  good: string[];
}
