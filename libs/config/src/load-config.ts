import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from './config.error.js';
import { toConfig, type Config } from './config.js';
import { environmentNames, environmentSchema, type Environment } from './environment.js';
import { crossProblems, type ProcessRole, type Shape } from './rules.js';

/** Options of {@link loadConfig}. */
export interface LoadConfigOptions {
  env?: Readonly<Record<string, string | undefined>>;
  /** Folder of the `.env` file and of relative paths. */
  cwd?: string;
  /** Read if present; what `env` holds wins. */
  envFile?: string;
  shape: Shape;
  /** `worker` for apps that serve nobody: they need no AUTH_MODE and no API_KEYS. */
  role?: ProcessRole;
}

/**
 * Reads and checks the environment once.
 * @throws ConfigError with every problem at once, ready to print
 */
export function loadConfig(options: LoadConfigOptions): Config {
  const { env = process.env, cwd = process.cwd(), envFile = '.env', shape } = options;
  const present = { ...withoutEmpty(readEnvFile(resolve(cwd, envFile))), ...withoutEmpty(env) };
  const host = present['HOST']?.trim() ?? (shape === 'embedded' ? '127.0.0.1' : '0.0.0.0');
  const { environment, problems } = check(present);
  problems.push(...crossProblems(environment, { shape, role: options.role ?? 'gateway', host }));
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(environment, { shape, host, cwd });
}

/** Bad values are reported and replaced by their default, so that the rules across names still run. */
function check(present: Record<string, string>): { environment: Environment; problems: string[] } {
  const parsed = environmentSchema.safeParse(present);
  if (parsed.success) return { environment: parsed.data, problems: [] };
  const usable = { ...present };
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    delete usable[name];
    return describe(name, issue.message, present);
  });
  return { environment: environmentSchema.parse(usable), problems };
}

function readEnvFile(path: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(path, 'utf8')) as Record<string, string | undefined>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ConfigError([`${path}: can't be read (${String(error)})`]);
  }
}

/** An empty value is an absent one: that is how compose files pass what is not set. */
function withoutEmpty(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const present: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value.trim() !== '') present[name] = value;
  }
  return present;
}

const SECRET_NAMES = new Set<string>(
  environmentNames()
    .filter((entry) => entry.secret === true)
    .map((entry) => entry.name),
);

function describe(name: string, message: string, present: Record<string, string>): string {
  const shown = SECRET_NAMES.has(name) ? '' : `, and is "${(present[name] ?? '').slice(0, 80)}"`;
  return `${name}: ${message}${shown}`;
}
