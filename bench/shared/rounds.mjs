/** `--rounds=N` of the command line, else `otherwise`. */
export function roundsWanted(otherwise, argv = process.argv.slice(2)) {
  const wanted = argv.find((arg) => arg.startsWith('--rounds='))?.slice('--rounds='.length);
  if (wanted === undefined) return otherwise;
  const rounds = Number(wanted);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds=${wanted} is no count`);
  return rounds;
}

/**
 * Runs each contestant once a round, in an order that turns around every round, and answers the figures
 * of each, one a round: whatever the machine does meanwhile, it does to all of them.
 * @param contestants name -> () => Promise<number>
 */
export async function interleaved(rounds, contestants) {
  const names = Object.keys(contestants);
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      figures[name].push(await contestants[name]());
    }
  }
  return figures;
}
