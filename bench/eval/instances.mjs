import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CallError } from './options.mjs';

/** Our name of each field, then that of SWE-bench. */
const FIELDS = {
  id: ['id', 'instance_id'],
  repository: ['repository', 'repo'],
  commit: ['commit', 'base_commit'],
  statement: ['problem_statement'],
  failing: ['failing_tests', 'FAIL_TO_PASS'],
  passing: ['passing_tests', 'PASS_TO_PASS'],
  testPatch: ['test_patch'],
  language: ['language'],
};
const REQUIRED = ['repository', 'commit', 'statement', 'failing'];

/**
 * Instances of a file of JSON Lines. A repository is an absolute path, a path from the file's folder, a URL, or
 * `owner/name` of GitHub.
 * @throws CallError that names the line: nothing is run when a line is wrong
 */
export function readInstances(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CallError(`--instances: ${error.message}`);
  }
  const found = text
    .split('\n')
    .flatMap((line, index) =>
      line.trim() === '' ? [] : [readLine(line, `${file}:${index + 1}`, dirname(resolve(file)))],
    );
  if (found.length === 0) throw new CallError(`${file} holds no instance`);
  return found;
}

function readLine(line, place, folder) {
  let raw;
  try {
    raw = JSON.parse(line);
  } catch (error) {
    throw new CallError(`${place}: not JSON (${error.message})`);
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new CallError(`${place}: not an object`);
  const value = Object.fromEntries(
    Object.entries(FIELDS).map(([ours, names]) => [
      ours,
      names.map((name) => raw[name]).find((each) => each !== undefined && each !== null),
    ]),
  );
  for (const name of REQUIRED) {
    if (value[name] === undefined)
      throw new CallError(`${place}: ${FIELDS[name].join(' or ')} is missing`);
  }
  for (const name of ['id', 'repository', 'commit', 'statement', 'testPatch', 'language']) {
    if (value[name] !== undefined && typeof value[name] !== 'string')
      throw new CallError(`${place}: ${FIELDS[name].join(' or ')} is no text`);
  }
  if (!/^[0-9a-f]{7,64}$/.test(value.commit))
    throw new CallError(`${place}: commit "${value.commit.slice(0, 80)}" is no commit id`);
  if (value.statement.trim() === '') throw new CallError(`${place}: problem_statement is empty`);
  const failing = testsOf(value.failing, `${place}: ${FIELDS.failing.join(' or ')}`);
  if (failing.ids?.length === 0) throw new CallError(`${place}: no failing test is named`);
  const passing = testsOf(value.passing ?? [], `${place}: ${FIELDS.passing.join(' or ')}`);
  return {
    name: value.id ?? `line-${/\d+$/.exec(place)[0]}`,
    language: value.language ?? '',
    message: value.statement,
    source: { repository: located(value.repository, folder), commit: value.commit },
    wanted: {
      testPatch: value.testPatch ?? '',
      ...(failing.command === undefined ? {} : { command: failing.command }),
      ids: failing.ids ?? [],
      passing: passing.ids ?? [],
      ...(passing.command === undefined ? {} : { passingCommand: passing.command }),
    },
  };
}

/** A command, a list of test ids, or such a list as JSON in a text, which is how SWE-bench has it. */
function testsOf(value, place) {
  if (typeof value === 'string' && value.trim().startsWith('[')) {
    try {
      return testsOf(JSON.parse(value), place);
    } catch (error) {
      if (error instanceof CallError) throw error;
    }
  }
  if (typeof value === 'string' && value.trim() !== '') return { command: value };
  if (Array.isArray(value) && value.every((id) => typeof id === 'string')) return { ids: value };
  throw new CallError(`${place} is neither a command nor a list of test ids`);
}

function located(text, folder) {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  const path = resolve(folder, text);
  if (existsSync(path)) return path;
  return /^[\w-]+\/[\w.-]+$/.test(text) ? `https://github.com/${text}` : path;
}
