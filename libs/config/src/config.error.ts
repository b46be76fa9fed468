/** Thrown at boot when the environment is not usable. Its message is ready to print: one line a problem. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      [
        `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`,
        ...problems.map((problem) => `  ${problem}`),
        'Correct them in the environment or in .env (.env.example lists every name).',
      ].join('\n'),
    );
    this.name = 'ConfigError';
  }
}
