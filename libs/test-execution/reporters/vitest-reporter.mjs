import shared from './report.cjs';

const { report, describe } = shared;
const STATUS = { passed: 'passed', failed: 'failed', pass: 'passed', fail: 'failed' };

/** Streams each vitest test as it ends (vitest 3 and later), or with its run (before). */
export default class HilVitestReporter {
  seen = new Set();
  totals = { passed: 0, failed: 0, skipped: 0, errors: 0 };

  /** Test files the change affects come first. */
  onInit(context) {
    const first = new Set((process.env.HIL_FIRST ?? '').split('\n'));
    const sequence = context.config?.sequence;
    const Sequencer = sequence?.sequencer;
    if (first.size === 0 || typeof Sequencer !== 'function') return;
    const rank = (file) => (first.has(file.moduleId ?? file[1]) ? 0 : 1);
    sequence.sequencer = class extends Sequencer {
      async sort(files) {
        const sorted = await super.sort(files);
        return [...sorted].sort((a, b) => rank(a) - rank(b));
      }
    };
  }

  emit(id, record) {
    if (this.seen.has(id)) return;
    this.seen.add(id);
    report({ type: 'case', ...record });
    const counter = record.status === 'error' ? 'errors' : record.status;
    this.totals[counter] += 1;
  }

  onTestCaseResult(test) {
    const result = test.result();
    if (result.state === 'pending') return;
    const names = [test.name];
    for (let parent = test.parent; parent?.type === 'suite'; parent = parent.parent) {
      names.unshift(parent.name);
    }
    this.emit(test.id, {
      file: test.module.moduleId,
      name: names.join(' > '),
      status: STATUS[result.state] ?? 'skipped',
      durationMs: test.diagnostic()?.duration,
      message: result.errors?.length ? describe(result.errors[0]) : undefined,
    });
  }

  onTestRunEnd(modules, unhandled) {
    for (const module of modules) {
      for (const test of module.children.allTests()) this.onTestCaseResult(test);
      for (const test of module.children.allTests()) {
        // Never started, e.g. after a failed hook or with --bail.
        if (test.result().state === 'pending') {
          this.emit(test.id, { file: module.moduleId, name: test.fullName, status: 'skipped' });
        }
      }
      for (const error of module.errors()) {
        this.emit(`${module.id} error`, {
          file: module.moduleId,
          name: 'the test file',
          status: 'error',
          message: describe(error),
        });
      }
    }
    this.end(unhandled);
  }

  /** Before vitest 3. */
  onFinished(files = [], unhandled = []) {
    const walk = (task, names, file) => {
      if (task.type === 'suite') {
        for (const child of task.tasks)
          walk(child, task.filepath ? [] : [...names, task.name], file);
        return;
      }
      this.emit(task.id, {
        file,
        name: [...names, task.name].join(' > '),
        status: STATUS[task.result?.state] ?? 'skipped',
        durationMs: task.result?.duration,
        message: describe(task.result?.errors?.[0]),
      });
    };
    for (const file of files) {
      for (const task of file.tasks) walk(task, [], file.filepath);
      if (file.result?.state === 'fail' && file.tasks.length === 0) {
        this.emit(`${file.id} error`, {
          file: file.filepath,
          name: 'the test file',
          status: 'error',
          message: describe(file.result.errors?.[0]),
        });
      }
    }
    this.end(unhandled);
  }

  end(unhandled) {
    if (this.ended) return;
    this.ended = true;
    for (const [index, error] of unhandled.entries()) {
      this.emit(`unhandled ${index}`, {
        name: 'unhandled error',
        status: 'error',
        message: describe(error),
      });
    }
    report({ type: 'end', totals: this.totals });
  }
}
