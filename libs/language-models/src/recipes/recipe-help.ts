/** One recipe as people write it, with what it does. */
export interface RecipeHelpEntry {
  form: string;
  does: string;
}

/** Everything the recipes planner understands, in the order in which the help shows it. */
export const RECIPE_HELP: readonly RecipeHelpEntry[] = [
  {
    form: 'rename X to Y [in PATH][, keep strings]',
    does: 'renames a symbol and every resolved reference to it',
  },
  { form: 'replace "A" with "B" in PATH-OR-GLOB', does: 'replaces text, exactly as written' },
  { form: 'set KEY.PATH to VALUE in FILE', does: 'sets a value in a json, yaml, toml or env file' },
  { form: 'bump PACKAGE to VERSION', does: 'changes the version of a dependency in its manifests' },
  { form: 'create file PATH with:', does: 'creates a file from the lines or fenced block below' },
  { form: 'append to PATH:', does: 'appends the lines or fenced block below' },
  { form: 'delete file PATH', does: 'deletes a file' },
  { form: 'move PATH to PATH', does: 'moves a file and rewrites the imports of it' },
  { form: 'remove unused export X [in PATH]', does: 'removes an export that nothing refers to' },
  { form: 'who calls X', does: 'lists the callers of a symbol' },
  { form: 'what depends on PATH', does: 'lists the files that import a file' },
  { form: 'explain PATH', does: 'describes a file from the graph of the project' },
  { form: 'what is this project', does: 'describes the project' },
  { form: 'show dependencies of PATH', does: 'draws what a file imports and what imports it' },
  { form: 'show architecture', does: 'draws the modules of the project' },
];

function quoted(line: string): string {
  const short = line.length > 120 ? `${line.slice(0, 117)}...` : line;
  return short.replaceAll('`', "'");
}

/**
 * Markdown that says which lines can't be done without a model, what can be, and how to configure one.
 *
 * @param lines the lines of the message that are no recipe
 */
export function explainUnrecognised(lines: readonly string[]): string {
  const shown = lines.slice(0, 10).map((line) => `- \`${quoted(line)}\``);
  const more = lines.length > 10 ? [`- and ${lines.length - 10} more lines`] : [];
  const list = RECIPE_HELP.map((entry) => `- \`${entry.form}\`: ${entry.does}`);
  return [
    'No model is configured, so only recipes are understood, one a line. Not understood:',
    '',
    ...shown,
    ...more,
    '',
    'What works without a model:',
    '',
    ...list,
    '',
    'For free text, configure a model and start again: set `LLM_MODEL` to `provider:model` (for ' +
      'example `openai:gpt-4o`, `anthropic:claude-sonnet-4-5` or `ollama:qwen3`) and the key of that ' +
      'provider (`OPENAI_API_KEY`, `ANTHROPIC_API_KEY`, `GOOGLE_API_KEY`; Ollama needs `OLLAMA_BASE_URL` ' +
      'instead of a key) in the environment or in `.env`.',
  ].join('\n');
}
