/** What a task came to, for the table and for JSON. */
export function resultOf(task, { played, problem, seconds, error }) {
  const { summary, questions = 0, refused = [], timedOut = false } = played ?? {};
  const usage = summary?.usage ?? {};
  return {
    task: task.name,
    language: task.language,
    success: error === undefined && problem === null,
    outcome: error !== undefined ? error.kind : (summary?.outcome ?? 'none'),
    reason: error?.message ?? problem ?? '',
    steps: usage.calls ?? 0,
    input_tokens: usage.input_tokens ?? 0,
    output_tokens: usage.output_tokens ?? 0,
    cost_usd: usage.cost_usd ?? 0,
    seconds: Math.round(seconds * 10) / 10,
    questions,
    refused,
    timed_out: timedOut,
    model: usage.model ?? '',
  };
}

export function totalsOf(results) {
  const sum = (key) => results.reduce((all, result) => all + result[key], 0);
  return {
    tasks: results.length,
    successes: results.filter(({ success }) => success).length,
    steps: sum('steps'),
    input_tokens: sum('input_tokens'),
    output_tokens: sum('output_tokens'),
    cost_usd: sum('cost_usd'),
    seconds: Math.round(sum('seconds') * 10) / 10,
  };
}

const HEAD = ['task', 'language', 'success', 'steps', 'tokens in', 'out', 'cost', 'seconds', 'why'];

/** The results as a table for a terminal, with a row of totals. */
export function table(results) {
  const totals = totalsOf(results);
  const rows = [
    HEAD,
    ...results.map((result) => [
      result.task,
      result.language,
      result.success ? 'yes' : 'no',
      ...figures(result),
      oneLine(result.success ? '' : `${result.outcome}: ${result.reason}`),
    ]),
    ['all', '', `${totals.successes} of ${totals.tasks}`, ...figures(totals), ''],
  ];
  const widths = HEAD.map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  const numbers = new Set([3, 4, 5, 6, 7]);
  return rows
    .map((row) =>
      row
        .map((cell, at) => (numbers.has(at) ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function figures({ steps, input_tokens, output_tokens, cost_usd, seconds }) {
  return [
    String(steps),
    String(input_tokens),
    String(output_tokens),
    `$${cost_usd.toFixed(4)}`,
    seconds.toFixed(1),
  ];
}

function oneLine(text) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 140 ? `${line.slice(0, 139)}…` : line;
}
