import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CallError } from './options.mjs';

const root = join(import.meta.dirname, '../..');
const fixtures = join(root, 'tests/models/fixtures');

export function taskNames() {
  return readdirSync(join(fixtures, 'tasks'))
    .sort()
    .map((file) => file.replace(/\.json$/, ''));
}

/**
 * The tasks that the suite plays with a scripted model, for a real one: what the person says and how the result is
 * judged are the same, the script is left out.
 * @throws CallError when a name is unknown
 */
export function fixtureTasks(names) {
  const known = taskNames();
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new CallError(`no task is named ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  return names.map((name) => {
    const task = JSON.parse(readFileSync(join(fixtures, 'tasks', `${name}.json`), 'utf8'));
    const { language, message, repository, answer, reject, hidden = {}, check } = task;
    return {
      name,
      language,
      message,
      answer,
      reject,
      source: {
        folder:
          repository === 'todo-api'
            ? join(root, 'samples/todo-api')
            : join(fixtures, 'repositories', repository),
      },
      wanted:
        task.outcome === 'answered'
          ? { answer: task.expect }
          : { hidden, command: (check ?? ['true']).map(quoted).join(' ') },
    };
  });
}

function quoted(word) {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
