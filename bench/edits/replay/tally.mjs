/** Counts of what became of operations, by tool and disturbance. */
export class Tally {
  hunks = 0;
  examples = [];
  #rows = new Map();

  /** @param outcome right, refused, blanks or wrong */
  add(tool, disturbance, hasAnswer, outcome) {
    const key = `${disturbance}\0${hasAnswer}`;
    const row = this.#rows.get(key) ?? { disturbance, hasAnswer, tools: {} };
    const counts = (row.tools[tool] ??= { right: 0, refused: 0, blanks: 0, wrong: 0 });
    counts[outcome] += 1;
    this.#rows.set(key, row);
  }

  /** The wrong ones first. */
  example(outcome, text) {
    if (outcome === 'wrong' || outcome === 'blanks') this.examples.unshift(text);
    else this.examples.push(text);
  }

  total(tool, hasAnswer) {
    const sum = { right: 0, refused: 0, blanks: 0, wrong: 0, count: 0 };
    for (const row of this.#rows.values()) {
      const counts = row.tools[tool];
      if (!counts || (hasAnswer !== undefined && row.hasAnswer !== hasAnswer)) continue;
      for (const outcome of ['right', 'refused', 'blanks', 'wrong'])
        sum[outcome] += counts[outcome];
      sum.count += counts.right + counts.refused + counts.blanks + counts.wrong;
    }
    return sum;
  }

  /** Lines of a markdown table; a cell is rightly / refused / wrongly in white space alone / wrongly. */
  table() {
    const tools = ['hil', 'aider', 'opencode'];
    const cell = (counts) =>
      counts ? `${counts.right} / ${counts.refused} / ${counts.blanks} / ${counts.wrong}` : '-';
    const rows = [...this.#rows.values()].sort((a, b) => Number(b.hasAnswer) - Number(a.hasAnswer));
    return [
      `| disturbance | one right answer | ${tools.join(' | ')} |`,
      `| --- | --- | ${tools.map(() => '---').join(' | ')} |`,
      ...rows.map(
        ({ disturbance, hasAnswer, tools: counts }) =>
          `| ${disturbance} | ${hasAnswer ? 'yes' : 'no'} | ${tools.map((tool) => cell(counts[tool])).join(' | ')} |`,
      ),
      ...[true, false].map(
        (hasAnswer) =>
          `| all | ${hasAnswer ? 'yes' : 'no'} | ${tools.map((tool) => cell(this.total(tool, hasAnswer))).join(' | ')} |`,
      ),
    ];
  }
}
