import { type TestFramework } from '../suite.js';

export interface PackageJson {
  name?: string;
  scripts?: Record<string, string>;
  packageManager?: string;
  workspaces?: string[] | { packages?: string[] };
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  jest?: unknown;
  mocha?: unknown;
  ava?: unknown;
}

/** A part of a test script that calls a framework, with the steps before it. */
export interface ScriptedSuite {
  framework: TestFramework;
  script: string;
}

const LINTERS =
  /^(eslint|prettier|standard|xo|tsd|tslint|biome|oxlint|dependency-cruiser|depcruise|publint|attw|knip|check-dts|stylelint|markdownlint|npm run (lint|format|check)\S*|(yarn|pnpm)( run)? (lint|format|check)\S*)\b/;
const RUN_SCRIPT =
  /^(?:npm (?:run(?:-script)?|run -s|run --silent) |yarn (?:run )?|pnpm (?:run )?)([\w:.-]+)$/;
/** A script that only hands on to the packages of a workspace: they are looked at themselves. */
const DELEGATES =
  /^(?:npm (?:test|run \S+) .*(?:--workspaces|-ws)\b|(?:pnpm|yarn) .*(?:-r|--recursive|workspaces (?:foreach|run))\b|(?:turbo|lerna|ultra)(?: run)? .*\btest|nx (?:run-many|affected)|rush test|wireit)\b/;
const NPM_TEST = /^(?:npm|yarn|pnpm) (?:t|tst|test)$/;
/** Words that may stand before the framework's name. */
const WRAPPER =
  /^(?:(?:cross-env|env|npx|yarn|pnpm(?: exec)?|c8|nyc|dotenv --|exec)\s+|(?:-{1,2}[\w-]+(?:=\S+)?)\s+|[A-Z_][A-Z0-9_]*=(?:"[^"]*"|'[^']*'|\S+)\s+)*/;

/**
 * Finds the calls of test frameworks in `scripts.test`: `npm run x` and `run-s a b` are followed,
 * `pretest` and build steps before a call are kept, linters are left out. A script that calls no
 * known framework comes back as `npm test`. Empty when there is no test script.
 */
export function scriptedSuites(scripts: Record<string, string>): ScriptedSuite[] {
  const test = scripts['test'];
  if (test === undefined || /no test specified/i.test(test)) return [];
  const steps = [
    ...expand(scripts['pretest'] ?? '', scripts, 0),
    ...expand(test, scripts, 0),
  ].filter((step) => {
    const call = step.replace(WRAPPER, '');
    return !LINTERS.test(call) && !DELEGATES.test(step);
  });
  const suites: ScriptedSuite[] = [];
  const before: string[] = [];
  for (const step of steps) {
    const framework = frameworkOf(step);
    if (framework === null) {
      before.push(step);
      continue;
    }
    const script = [...before, prepared(framework, step)].join(' && ');
    // The same call twice tells nothing; another configuration of the same framework does.
    if (!suites.some((suite) => suite.script === script)) suites.push({ framework, script });
  }
  if (suites.length > 0) return suites;
  return steps.length === 0 ? [] : [{ framework: 'npm test', script: steps.join(' && ') }];
}

function expand(script: string, scripts: Record<string, string>, depth: number): string[] {
  const steps = splitSteps(script);
  if (depth > 4) return steps;
  return steps.flatMap((step) => {
    const several = /^(?:run-s|npm-run-all(?: -s| --serial)?|run-p|npm-run-all -p) (.+)$/.exec(
      step,
    );
    const names = several
      ? (several[1] ?? '').split(/\s+/).flatMap((name) => matching(name, scripts))
      : [RUN_SCRIPT.exec(step)?.[1] ?? (NPM_TEST.test(step) ? 'test' : undefined)];
    const bodies = names.map((name) => (name === undefined ? undefined : scripts[name]));
    if (bodies.length === 0 || bodies.some((body) => body === undefined)) return [step];
    return bodies.flatMap((body) => expand(body ?? '', scripts, depth + 1));
  });
}

/** `test:*` names every script that starts so, as npm-run-all reads it. */
function matching(name: string, scripts: Record<string, string>): string[] {
  if (!name.endsWith('*')) return [name];
  const start = name.replace(/\*+$/, '');
  return Object.keys(scripts).filter((key) => key.startsWith(start));
}

/** Splits at && and ; outside quotes. */
function splitSteps(script: string): string[] {
  const steps: string[] = [];
  let quote = '';
  let current = '';
  for (let index = 0; index < script.length; index += 1) {
    const char = script[index] ?? '';
    if (quote) {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === ';' || script.startsWith('&&', index)) {
      steps.push(current);
      current = '';
      if (char === '&') index += 1;
      continue;
    }
    current += char;
  }
  return [...steps, current].map((step) => step.trim()).filter(Boolean);
}

function frameworkOf(step: string): TestFramework | null {
  const call = step.replace(WRAPPER, '').replace(/^\.?\/?node_modules\/\.bin\//, '');
  // A pipe, background job or alternative would take our reporter's arguments.
  if (/[|&<>`]|\$\(/.test(step.replace(/"[^"]*"|'[^']*'/g, ''))) return null;
  if (/^(?:node\s.*)?(?:\S*\/)?jest(?:\.js)?(?:\s|$)/.test(call)) return 'jest';
  if (/^vitest(?:\s|$)/.test(call)) return 'vitest';
  if (/^(?:node\s.*)?(?:\S*\/)?_?mocha(?:\.js)?(?:\s|$)/.test(call)) return 'mocha';
  if (/^ava(?:\s|$)/.test(call)) return 'ava';
  if (/^(?:node|tsx)\s(?:.*\s)?--test(?:\s|$)/.test(call)) return 'node:test';
  return null;
}

/** Takes options out that would fight with our reporter. */
function prepared(framework: TestFramework, step: string): string {
  if (framework === 'mocha') {
    const at = step.search(/_?mocha/);
    const rest = step.slice(at).replace(/\s(?:--reporter|-R)[ =]\S+/g, '');
    return step.slice(0, at) + rest.replace(/\s(?:--watch|-w)\b/g, '');
  }
  if (framework === 'node:test') {
    return step
      .replace(/\s--test-reporter(?:-destination)?[ =]\S+/g, '')
      .replace(/\s--watch\b/, '');
  }
  if (framework === 'ava') return step.replace(/\s(?:--tap|--verbose|--watch|-[tvw])(?=\s|$)/g, '');
  return step.replace(/\s--(?:watch|watchAll|ui)\b(?:=\S+)?/g, '');
}
