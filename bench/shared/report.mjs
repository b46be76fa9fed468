import { writeFileSync } from 'node:fs';
import { machine, machineLine } from './machine.mjs';
import { median, short, spread, spreadText } from './stats.mjs';

/**
 * Gathers the figures of one benchmark and prints each as it comes. Figures are lists of one value a
 * round; of two lists taken in the same rounds, the ratio is taken round by round, so that a machine
 * that slows down slows both.
 *
 *   const report = new Report('spine/stage-hop');
 *   report.compare({ name: 'stage hop', unit: 'ms p50', ours, bare, bareIs: 'BullMQ add -> active', atMost: 3 });
 *   report.figure({ name: 'lines', unit: 'lines/s', values, atLeast: 10_000 });
 *   report.end();
 */
export class Report {
  #lines = [];
  #notes = [];

  constructor(name) {
    this.name = name;
    this.machine = machine();
    console.log(`\n== ${name}\n   ${machineLine(this.machine)}`);
  }

  /** Ours against bare parts, with at most one of `atMost` and `atLeast` for ours / bare. */
  compare({ name, unit, ours, bare, bareIs, atMost, atLeast }) {
    const ratios = ours.map((value, round) => value / bare[round]);
    this.#add({
      ...judged({ name, unit, values: ratios, atMost, atLeast }),
      kind: 'ratio',
      rounds: ours.length,
      ours,
      bare,
      bareIs,
      text: `${name}: ratio ${spreadText(ratios)} | ours ${spreadText(ours)} ${unit} | ${bareIs} ${spreadText(bare)} ${unit}`,
    });
    return ratios;
  }

  /** A figure that stands for itself. */
  figure({ name, unit, values, atMost, atLeast }) {
    this.#add({
      ...judged({ name, unit, values, atMost, atLeast }),
      kind: 'figure',
      rounds: values.length,
      text: `${name}: ${spreadText(values)} ${unit}`,
    });
  }

  /** What a reader has to know beside the figures. */
  note(text) {
    this.#notes.push(text);
    console.log(`   ${text}`);
  }

  /**
   * Writes JSON when `--json=FILE` was given. A missed target is a finding and not a failure, so the exit
   * code stays 0, unless `--strict` was given.
   */
  end(argv = process.argv.slice(2)) {
    const file = argv.find((arg) => arg.startsWith('--json='))?.slice('--json='.length);
    const { name, machine: on } = this;
    const document = { name, machine: on, lines: this.#lines, notes: this.#notes };
    if (file !== undefined) writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
    const missed = this.#lines.filter(({ reached }) => reached === false);
    if (missed.length > 0 && argv.includes('--strict')) process.exitCode = 1;
    return document;
  }

  #add({ text, ...line }) {
    this.#lines.push(line);
    const target = line.target === undefined ? '' : ` | target ${line.target}: ${verdict(line)}`;
    console.log(`   ${text} | ${line.rounds} rounds${target}`);
  }
}

function judged({ name, unit, values, atMost, atLeast }) {
  const middle = median(values);
  const line = { name, unit, values, ...spread(values) };
  if (atMost !== undefined) {
    return { ...line, target: `at most ${short(atMost)}`, reached: middle <= atMost };
  }
  if (atLeast !== undefined) {
    return { ...line, target: `at least ${short(atLeast)}`, reached: middle >= atLeast };
  }
  return line;
}

function verdict({ reached }) {
  return reached ? 'reached' : 'NOT REACHED';
}
