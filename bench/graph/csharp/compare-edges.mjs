import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The edges of `edges.txt`, which were read by hand: `TYPE FROM -> TO TO ...`, one line for each that has
 * edges. Files stand for themselves, symbols by their qualified names.
 */
export function edgesByHand(folder = import.meta.dirname) {
  const lines = readFileSync(join(folder, 'edges.txt'), 'utf8').split('\n').filter(Boolean);
  return new Set(
    lines.flatMap((line) => {
      const [, head, targets] = /^(\S+ \S+) -> (.+)$/.exec(line);
      return targets.split(' ').map((target) => `${head} -> ${target}`);
    }),
  );
}

/** The same edges of a graph; those it marks as ambiguous claim nothing and are left out. */
export function edgesOfGraph({ edges, symbols }) {
  const names = new Map(symbols.map(({ id, metadata }) => [id, metadata.qualified]));
  const shown = (id) => names.get(id) ?? id.slice('mod:'.length);
  return new Set(
    edges
      .filter(({ type }) => /^(?:imports|extends|implements|calls)$/.test(type))
      .filter(({ metadata }) => metadata.resolution !== 'ambiguous')
      .map(({ type, from, to }) => `${type} ${shown(from)} -> ${shown(to)}`)
      .filter((edge) => {
        const [, from, to] = /^\S+ (\S+) -> (\S+)$/.exec(edge);
        return from !== to;
      }),
  );
}
