/**
 * Adds precision and recall of a set of edges against an oracle's to a report, with examples of what only one has.
 * @param shortened what is shown of an edge
 */
export function reportAgreement(
  report,
  name,
  { found, wanted },
  least,
  shortened = (edge) => edge,
) {
  const agreed = [...found].filter((edge) => wanted.has(edge)).length;
  const examples = Number(process.env['HIL_BENCH_EXAMPLES'] ?? 5);
  const shown = (edges) => edges.slice(0, examples).map(shortened).join(' | ') || 'none';
  report.figure({
    name: `${name}: precision`,
    unit: `of ${found.size}`,
    values: [agreed / found.size],
    atLeast: least.precision,
  });
  report.figure({
    name: `${name}: recall`,
    unit: `of ${wanted.size}`,
    values: [agreed / wanted.size],
    atLeast: least.recall,
  });
  report.note(`only ours: ${shown([...found].filter((edge) => !wanted.has(edge)))}`);
  report.note(`only the oracle's: ${shown([...wanted].filter((edge) => !found.has(edge)))}`);
}
