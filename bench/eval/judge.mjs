import { imageForRepository, selectSandbox } from '@hil/sandbox';
import { detectTestSuites, prepareDependencies, runSuite } from '@hil/test-execution';
import { CallError } from './options.mjs';
import { judgedTree } from './work-repository.mjs';

const GROUP = ' > ';

/**
 * Runs what judges a change, in the same sandbox and with the same installations as the product's own tests: the
 * code was changed by a model and comes from strangers.
 */
export class Judge {
  /** @param config of the product; @param cache folder for installed dependencies */
  constructor(config, cache) {
    this.config = config;
    this.cache = cache;
  }

  /** @throws CallError when nothing here can isolate the tests and the operator did not say SANDBOX=process */
  async requireSandbox() {
    const { sandbox } = this.config;
    const { driver, tried } = await selectSandbox({ ...sandbox, mode: sandbox.driver });
    if (driver !== null) return;
    const why = tried.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
    throw new CallError(
      `no sandbox is available here (${why}), and the tests run code of strangers. SANDBOX=process runs them without one, with your rights`,
    );
  }

  /**
   * Why the change is no success, or null when it is one.
   * @throws Error when the tests can't be judged (a patch that does not apply)
   */
  async problem({ wanted, repository, folder, patch }) {
    const tree = await judgedTree(repository, folder, { ...wanted, patch });
    const { sandbox } = this.config;
    const { image } = await imageForRepository(tree, sandbox);
    const { driver } = await selectSandbox({ ...sandbox, mode: sandbox.driver, image });
    const place = { workspace: tree, driver, image };
    const suites = await detectTestSuites(tree, { driver, image });
    const commands = [wanted.command, wanted.passingCommand].filter((one) => one !== undefined);
    for (const command of commands) {
      const problem = await this.commandProblem(command, suites, place);
      if (problem !== null) return problem;
    }
    const ids = [...(wanted.ids ?? []), ...(wanted.passing ?? [])];
    return ids.length === 0 ? null : this.idsProblem(ids, suites, place);
  }

  async commandProblem(command, suites, place) {
    // Its dependencies are those of the first suite that can run here.
    const like = suites.find(({ installPlan, notRun }) => installPlan !== null && !notRun);
    const dependencies = like && (await this.dependencies(like, place));
    const suite = {
      id: 'command@.',
      framework: 'command',
      cwd: '.',
      reason: 'judges the change',
      command: ['sh', '-c', command],
      script: command,
      installPlan: null,
    };
    const { status, message } = await this.run(suite, place, dependencies);
    return status === 'passed' ? null : `${command}: ${message}`;
  }

  async idsProblem(ids, suites, place) {
    const passed = new Set();
    const said = [];
    for (const suite of suites) {
      const only = suite.framework === 'pytest' ? pytestCases(ids, suite) : undefined;
      if (only?.length === 0) continue;
      const dependencies = await this.dependencies(suite, place);
      const { cases, status, message } = await this.run(suite, place, dependencies, only);
      if (status === 'error' || status === 'not_run') said.push(`${suite.id}: ${message}`);
      for (const one of cases)
        if (one.status === 'passed') for (const id of idsOf(one, suite)) passed.add(id);
    }
    const missing = ids.filter((id) => !passed.has(id));
    if (missing.length === 0) return null;
    const named = missing.slice(0, 3).join(', ');
    const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
    return [`did not pass: ${named}${more}`, ...said].join('; ');
  }

  dependencies(suite, place) {
    const limits = this.limits();
    return prepareDependencies({
      ...place,
      suite,
      cacheDir: this.cache,
      limits: { ...limits, timeoutMs: limits.timeoutMs * 2 },
    });
  }

  run(suite, place, dependencies, only) {
    return runSuite({
      ...place,
      suite,
      phase: 'after',
      limits: this.limits(),
      ...(dependencies === undefined ? {} : { dependencies }),
      ...(only === undefined ? {} : { only }),
    });
  }

  limits() {
    const { sandbox, tests } = this.config;
    const { memoryMb, cpus, pids, diskMb } = sandbox;
    return { timeoutMs: tests.timeoutSeconds * 1_000, memoryMb, cpus, pids, diskMb };
  }
}

/** `tests/test_a.py::TestA::test_b[1]` as the case that pytest is asked for alone; one file is asked for once. */
function pytestCases(ids, { cwd }) {
  const prefix = cwd === '.' ? '' : `${cwd}/`;
  return ids.flatMap((id) => {
    const [file, ...names] = id.split('::');
    if (names.length === 0 || !file.endsWith('.py') || !file.startsWith(prefix)) return [];
    return [{ file, name: names.join(GROUP), status: 'failed' }];
  });
}

/** What an id of a case may look like: the node id of pytest, the name alone, the name with its file. */
function idsOf({ name, file, group }, { cwd }) {
  const names = [name, name.replaceAll(GROUP, ' '), name.replaceAll(GROUP, '::')];
  if (group !== undefined) names.push(`${group}.${name}`, `${group}#${name}`);
  if (file === undefined) return names;
  const own = cwd === '.' ? file : file.slice(cwd.length + 1);
  const places = [file, own].flatMap((path) =>
    names.flatMap((one) => [`${path}::${one}`, `${path}: ${one}`, `${path} > ${one}`]),
  );
  // unittest: `test_b (tests.test_a.TestA)`, as django's runner prints it.
  const parts = name.split(GROUP);
  const dotted = parts.join('.').split('.');
  const last = dotted.pop();
  return [...names, ...places, `${last} (${dotted.join('.')})`, [...dotted, last].join('.')];
}
