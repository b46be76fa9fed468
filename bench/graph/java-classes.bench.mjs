/**
 * Java: which class uses which, against `jdeps -verbose:class` on the compiled classes. Compared are pairs of
 * files; nested classes count for the file they stand in. The clones have to be compiled first, which
 * `mvn -q -DskipTests compile` does, or `javac -d target/classes`.
 *
 *   npm run bench -- graph/java-classes --repos=/clones/jsoup,/clones/gson/gson
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Report } from '../shared/report.mjs';
import { reportAgreement } from './support/agreement.mjs';
import { graphOf, repositoriesWith } from './support/repositories.mjs';
import { timed } from './support/timed.mjs';

const SOURCES = 'src/main/java/';
const CLASSES = 'target/classes';
const report = new Report('graph/java-classes');

for (const root of repositoriesWith(/\.java$/, 'Java', report)) {
  if (!existsSync(join(root, CLASSES))) {
    report.note(
      `${basename(root)}: left out, no ${CLASSES}: compile it first, with mvn -q -DskipTests compile`,
    );
    continue;
  }
  const graph = await graphOf(root, 'off');
  const fileOf = filesOfClasses(graph);
  const { output } = timed('jdeps', ['-verbose:class', '-filter:none', join(root, CLASSES)]);
  const wanted = new Set();
  const compiled = new Set();
  for (const [, from, to] of output.matchAll(/^ +(\S+) +-> (\S+)/gm)) {
    const [user, used] = [fileOf(from), fileOf(to)];
    if (user) compiled.add(user);
    if (user && used && user !== used) wanted.add(`${user} -> ${used}`);
  }
  const found = new Set(
    graph.edges
      .filter(({ type }) => type === 'imports')
      .map(({ from, to }) => [from.slice('mod:'.length), to.slice('mod:'.length)])
      .filter((pair) => pair.every((path) => compiled.has(path)))
      .map(([from, to]) => `${from} -> ${to}`),
  );
  const name = `${basename(root)}, ${compiled.size} files`;
  const least = { precision: 0.95, recall: 0.9 };
  reportAgreement(report, name, { found, wanted }, least, (edge) => edge.replaceAll(/\S+\//g, ''));
}
report.end();

/** The source file of a class as jdeps names it; null for classes of libraries. */
function filesOfClasses({ modules, symbols }) {
  const packages = new Map(modules.map(({ id, metadata }) => [id, metadata.namespaces?.[0] ?? '']));
  const files = new Map();
  for (const { moduleId, metadata } of symbols) {
    const path = moduleId.slice('mod:'.length);
    if (metadata.parent !== null || !path.includes(SOURCES) || !path.endsWith('.java')) continue;
    const name = [packages.get(moduleId), metadata.qualified].filter(Boolean).join('.');
    files.set(name, path);
  }
  return (name) => files.get(name) ?? files.get(name.replace(/\$.*$/, '')) ?? null;
}
