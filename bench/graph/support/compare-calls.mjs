/**
 * Compares the calls of a graph with those of a SCIP index, call by call: (file, line, called symbol).
 * The oracle's side are the call sites whose name it resolves to a declaration that is a symbol of the
 * graph: what stands inside functions, parameters and plain values are no symbols, and are counted apart.
 * `untold` are those of `invented` where the oracle does not know what is called.
 * @param sitesOf (path) => [{line, column, name}], 0-based
 */
export function compareCalls(graph, index, sitesOf) {
  const symbols = symbolsByFile(graph);
  const byId = new Map(graph.symbols.map((symbol) => [symbol.id, symbol]));
  const expected = new Set();
  const toldAt = new Set();
  let elsewhere = 0;
  for (const path of index.paths) {
    if (!symbols.has(path)) continue;
    for (const { line, column, name } of sitesOf(path)) {
      for (const key of index.nameAt(path, line, column)) {
        const found = index
          .definitionsOf(key)
          .map((at) =>
            at.isLocal
              ? null
              : symbolAt(symbols.get(at.path) ?? [], at.line + 1, declaredName(key) ?? name),
          )
          .filter(Boolean);
        toldAt.add(`${path}:${line + 1} ${name}`);
        const [first] = found;
        if (!first) elsewhere += 1;
        else if (!isSelf(symbols.get(path), line + 1, first))
          expected.add(`${path}:${line + 1} ${first.key}`);
      }
    }
  }
  const ours = new Map();
  for (const { type, from, to, metadata } of graph.edges) {
    const target = byId.get(to);
    if (type !== 'calls' || !target) continue;
    const path = from.slice(4).replace(/#.*$/, '');
    if (!index.paths.has(path)) continue;
    for (const line of metadata.lines ?? []) {
      ours.set(`${path}:${line} ${keyOf(target)}`, metadata.resolution);
    }
  }
  const invented = [...ours.keys()].filter((call) => !expected.has(call));
  const agreed = [...ours.keys()].filter((call) => expected.has(call));
  const byResolution = {};
  for (const [call, resolution] of ours) {
    const group = (byResolution[resolution] ??= { calls: 0, agreed: 0 });
    group.calls += 1;
    if (expected.has(call)) group.agreed += 1;
  }
  return {
    expected: expected.size,
    ours: ours.size,
    precision: agreed.length / ours.size,
    recall: agreed.length / expected.size,
    byResolution,
    elsewhere,
    invented,
    untold: invented.filter((call) => !toldAt.has(`${call.split(' ')[0]} ${lastName(call)}`)),
    missed: [...expected].filter((call) => !ours.has(call)),
  };
}

/** The name that is called: the last of `path:line mod:path#Store.find`. */
function lastName(call) {
  return /([\w$]+)$/.exec(call)?.[1] ?? '';
}

function symbolsByFile(graph) {
  const files = new Map(graph.modules.map(({ path }) => [path, []]));
  for (const symbol of graph.symbols) files.get(symbol.moduleId.slice(4))?.push(symbol);
  return files;
}

/** The last name of a SCIP symbol: `... store.ts/Store#find().` names `find`. */
function declaredName(key) {
  return /([\w$]+)`?(?:\(\+?\d*\))?[.#:/]$/.exec(key)?.[1];
}

/** Overloads and merged declarations are one thing to call. */
function keyOf({ moduleId, metadata }) {
  return `${moduleId}#${metadata.qualified}`;
}

/** A call to itself is no edge of the graph. */
function isSelf(symbols, line, { key }) {
  const around = symbols.filter(
    ({ metadata }) => metadata.startLine <= line && metadata.endLine >= line,
  );
  const inner = around.sort((a, b) => a.metadata.startLine - b.metadata.startLine).at(-1);
  return inner !== undefined && keyOf(inner) === key;
}

/** The symbol declared at a line, by that name or the last name of its kind there. */
function symbolAt(symbols, line, name) {
  const around = symbols.filter(
    ({ metadata }) => metadata.startLine <= line && metadata.endLine >= line,
  );
  const named = around.filter((one) => one.name === name);
  const declared =
    named.length > 0 ? named : around.filter(({ metadata }) => metadata.startLine === line);
  const inner = declared.sort((a, b) => a.metadata.startLine - b.metadata.startLine).at(-1);
  return inner && { key: keyOf(inner) };
}
