import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileMap, ScriptedAnswer } from '@hil/testing';
import { folderFiles } from '../support/repositories.js';
import type { Turns } from '../support/model-script.js';

/** A task that a model is given: what is asked, what the person does, and how the result is judged. */
export interface ModelTask {
  name: string;
  language: string;
  /** Folder below `fixtures/repositories`, or the sample of the first session. */
  repository: string;
  message: string;
  /** What the person answers when asked something. */
  answer?: string;
  /** Why the person sends the first plan back. */
  reject?: string;
  /** Files that are added before `check` runs: tests that the model never saw. */
  hidden?: Record<string, string>;
  /** Command that succeeds on a tree with the change. */
  check?: string[];
  /** Command that makes `check` possible, such as the installation of dependencies. */
  install?: string[];
  outcome?: 'answered';
  /** Text that an answer has to hold. */
  expect?: string;
  /** What the scripted model says. */
  script: {
    intent: ScriptedAnswer[];
    plan?: ScriptedAnswer[];
    tasks?: Turns[];
    answer?: ScriptedAnswer[];
  };
}

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));

/** Every task, by name. */
export function modelTasks(): ModelTask[] {
  const folder = join(fixtures, 'tasks');
  return readdirSync(folder)
    .sort()
    .map((file) => ({
      name: file.replace(/\.json$/, ''),
      ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Omit<ModelTask, 'name'>),
    }));
}

/** The files of a task's repository. */
export function taskFiles({ repository }: ModelTask): FileMap {
  return repository === 'todo-api'
    ? folderFiles(fileURLToPath(new URL('../../samples/todo-api', import.meta.url)))
    : folderFiles(join(fixtures, 'repositories', repository));
}
