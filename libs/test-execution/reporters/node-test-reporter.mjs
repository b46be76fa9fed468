import shared from './report.cjs';

const { report, describe } = shared;

/** Streams each node:test test; groups are not counted, as in the runner's own summary. */
export default async function* hilNodeTestReporter(source) {
  const groups = new Map();
  const summary = {};
  for await (const { type, data } of source) {
    if (type === 'test:start') {
      const names = groups.get(data.file) ?? [];
      names.length = data.nesting;
      names[data.nesting] = data.name;
      groups.set(data.file, names);
    } else if (type === 'test:pass' || type === 'test:fail') {
      if (data.details?.type === 'suite') continue;
      const passed = type === 'test:pass';
      const left = data.skip !== undefined || data.todo !== undefined;
      const names = (groups.get(data.file) ?? []).slice(0, data.nesting);
      report({
        type: 'case',
        file: data.file,
        name: [...names, data.name].join(' > '),
        status: left ? 'skipped' : passed ? 'passed' : 'failed',
        durationMs: data.details?.duration_ms,
        message: passed ? undefined : describe(data.details?.error),
      });
    } else if (type === 'test:diagnostic') {
      const match = /^(pass|fail|cancelled|skipped|todo) (\d+)$/.exec(data.message);
      if (match && data.nesting === 0) summary[match[1]] = Number(match[2]);
    }
  }
  if (summary.pass !== undefined) {
    report({
      type: 'end',
      totals: {
        passed: summary.pass,
        failed: (summary.fail ?? 0) + (summary.cancelled ?? 0),
        skipped: (summary.skipped ?? 0) + (summary.todo ?? 0),
        errors: 0,
      },
    });
  }
  yield '';
}
